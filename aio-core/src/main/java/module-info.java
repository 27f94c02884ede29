/** Linux AIO for the JVM: contexts, operations, files. */
@SuppressWarnings("module") // dev.aio.netty is built after this one
module dev.aio.core {
    requires static org.jspecify;

    exports dev.aio.core;
    exports dev.aio.core.internal to
            dev.aio.netty;
}
