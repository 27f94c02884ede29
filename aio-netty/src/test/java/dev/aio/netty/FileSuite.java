package dev.aio.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioException;
import dev.aio.core.AioOpenOption;
import dev.aio.core.internal.Linux;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Tests of operations of files, which must be the same on every kind of loop and with every engine. */
abstract class FileSuite extends TransportSuite {

    static final int PAGE = 4096;
    static final int KIB = 1024;
    static final int MIB = 1024 * KIB;

    static final OpenOption[] NEW = {StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE};

    /** Printed with each failure. */
    final long seed = Long.getLong("aio.seed", System.nanoTime());

    final Random random = new Random(seed);

    static Stream<Arguments> setups() {
        return LoopKind.withEngines();
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static ByteBuf direct(byte[] bytes) {
        return ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    static ByteBuf heap(byte[] bytes) {
        return Unpooled.copiedBuffer(bytes);
    }

    /** A buffer whose memory suits direct transfers. */
    static ByteBuf aligned(TestTransport t, byte[] bytes) {
        return t.transport.pool().tryAllocate(bytes.length).writeBytes(bytes);
    }

    static long write(NettyAioFile file, byte[] bytes, long position) throws Exception {
        return Await.result(file.write(direct(bytes), position));
    }

    /** Skips the test where the file system has no {@code O_DIRECT}. */
    static NettyAioFile openDirect(TestTransport t, Path path) throws Exception {
        try {
            return t.open(path, NEW[0], NEW[1], NEW[2], AioOpenOption.DIRECT);
        } catch (AioException e) {
            assumeTrue(e.errno() != Linux.EINVAL, () -> "O_DIRECT is not supported on " + path);
            throw e;
        }
    }

    static void close(NettyAioFile file) throws Exception {
        Await.result(file.closeAsync());
    }

    static AioException failure(Future<?> future) {
        return (AioException) Await.ended(future).cause();
    }
}
