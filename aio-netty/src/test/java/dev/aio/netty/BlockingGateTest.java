package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.Aio;
import dev.aio.core.internal.Native;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is on for all tests is on. */
@ParameterizedClass(name = "{0}")
@EnumSource(LoopKind.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingGateTest {

    @Parameter
    LoopKind loops;

    private EventLoopGroup group;

    @AfterEach
    void endGroup() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void run(Runnable task) throws Exception {
        group = loops.newGroup(1);
        Await.result(group.submit(task));
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSleepOnALoopIsReported() throws Exception {
        run(BlockingGateTest::sleep);
        assertThat(BlockingGate.collect())
                .singleElement()
                .asString()
                .contains("sleep", "test-loop", "BlockingGateTest");
    }

    @Test
    void aSystemCallThatMayWaitIsReported() throws Exception {
        Aio.isAvailable(); // loads the library, off the loop
        run(() -> Native.fsync(-1));
        assertThat(BlockingGate.collect()).singleElement().asString().contains("fsync", "test-loop");
    }

    @Test
    void whatIsDoneOnPurposeIsNot() throws Exception {
        run(() -> BlockingGate.OnPurpose.run(BlockingGateTest::sleep));
        assertThat(BlockingGate.collect()).isEmpty();
    }

    @Test
    void otherThreadsMayBlock() throws Exception {
        run(() -> {});
        sleep();
        assertThat(BlockingGate.collect()).isEmpty();
    }
}
