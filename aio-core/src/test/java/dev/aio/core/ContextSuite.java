package dev.aio.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of a context; each runs with both engines, and with both ways of reaping. */
@ParameterizedClass(name = "{0}")
@EnumSource(ContextSuite.Carrier.class)
// A separate thread, because a system call that waits for events hears no interrupt.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ContextSuite {

    enum Carrier {
        AIO_RING,
        AIO_IO_GETEVENTS,
        LANE
    }

    /** What leads to the lane: being asked for, or, where the suite is run without AIO, nothing at all. */
    private static final AioEngine LANE =
            "auto".equals(System.getProperty("aio.suite.engine")) ? AioEngine.AUTO : AioEngine.LANE;

    static final int PAGE = AlignedMemory.PAGE;

    @Parameter
    Carrier carrier;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @BeforeEach
    void assumeAvailable() {
        if (carrier != Carrier.LANE) {
            // It may be there and yet not to be had: others have all of the host's contexts.
            assumeTrue(LANE == AioEngine.LANE, "the suite is run where no context is to be had");
            assumeTrue(Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
        }
    }

    /** For what only the kernel's engine has. */
    void assumeAio() {
        assumeTrue(carrier != Carrier.LANE, "the lane has no such thing");
    }

    AioContextBuilder builder() {
        return AioContext.builder()
                .engine(carrier == Carrier.LANE ? LANE : AioEngine.AIO)
                .userSpaceReaping(carrier == Carrier.AIO_RING);
    }

    AioContext open(int depth, int pendingLimit) throws IOException {
        return builder().depth(depth).pendingLimit(pendingLimit).open();
    }

    static AlignedMemory pages(int n) {
        return AlignedMemory.allocate(n * PAGE, PAGE);
    }

    /** Submits and reaps until nothing is left. */
    static void runAll(AioContext context) {
        while (context.pending() > 0 || context.inFlight() > 0) {
            context.submit();
            context.getEvents(1, Integer.MAX_VALUE, -1);
        }
    }
}
