package dev.aio.netty;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of what must be the same on every kind of loop and with every engine. */
@ParameterizedClass(name = "{0}, {1}")
@MethodSource("setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class TransportSuite {

    @Parameter(0)
    LoopKind loops;

    @Parameter(1)
    Engine engine;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** In the quick tier every kind of loop and every engine, in the long one all of them with each other. */
    static Stream<Arguments> setups() {
        Stream<Arguments> quick = Stream.of(
                Arguments.of(LoopKind.EPOLL, Engine.AIO),
                Arguments.of(LoopKind.EPOLL, Engine.BLOCKING),
                Arguments.of(LoopKind.NIO, Engine.AIO));
        return "long".equals(System.getProperty("aio.tier"))
                ? Stream.concat(quick, Stream.of(Arguments.of(LoopKind.NIO, Engine.BLOCKING)))
                : quick;
    }

    TestTransport transport() throws IOException {
        return TestTransport.of(loops, engine);
    }

    TestTransport transport(Consumer<AioTransportBuilder> options) throws IOException {
        return TestTransport.of(loops, engine, options);
    }

    /** The rung that answers reads of what is not in memory. */
    Rung coldRung() {
        return engine == Engine.AIO ? Rung.AIO_READ : Rung.LANE_READ;
    }
}
