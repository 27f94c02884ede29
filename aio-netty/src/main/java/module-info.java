/** Files as Netty sees them: transport, messages for pipelines, a static file handler, a server. */
@SuppressWarnings("requires-automatic") // Micrometer names its module, no more
module dev.aio.netty {
    requires transitive dev.aio.core;
    requires transitive io.netty.buffer;
    requires transitive io.netty.codec.http;
    requires transitive io.netty.common;
    requires transitive io.netty.handler;
    requires transitive io.netty.transport;
    requires io.netty.codec;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires static org.jspecify;

    // Of those who have it: streams of HTTP/2, dev.aio.netty.micrometer.
    requires static io.netty.codec.http2;
    requires static micrometer.core;

    // Of the standalone server alone; HdrHistogram is no module, so that a command that needs it runs from a class
    // path.
    requires static com.fasterxml.jackson.core;
    requires static info.picocli;
    requires static java.logging;

    exports dev.aio.netty;
    exports dev.aio.netty.http;
    exports dev.aio.netty.http1;
    exports dev.aio.netty.micrometer;
    exports dev.aio.netty.stream;
}
