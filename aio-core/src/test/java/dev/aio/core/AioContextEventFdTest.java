package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The caller's own eventfd; for the context's see {@link AioContextQueueTest}. */
class AioContextEventFdTest extends ContextSuite {

    private int given = -1;

    @BeforeEach
    void makeEventFd() {
        given = Native.eventfd();
    }

    @AfterEach
    void closeEventFd() {
        if (given < 0) {
            return; // skipped: nothing was opened
        }
        assertThat(Native.close(given)).as("still open").isZero();
    }

    private AioContext openWithGiven() throws IOException {
        return builder().depth(8).pendingLimit(0).eventFd(given).open();
    }

    private long count() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + given))) {
            if (line.startsWith("eventfd-count:")) {
                return Long.parseLong(line.substring(14).trim(), 16);
            }
        }
        throw new IllegalStateException("no eventfd: " + given);
    }

    @Test
    void shouldSignalItForEachCompletionAndLeaveItOpen() throws IOException {
        TestFile source = TestFile.create(directory, 8 * PAGE);
        AlignedMemory memory = pages(8);
        AioContext one = openWithGiven();
        AioContext two = openWithGiven();
        try (AioFile file = source.openDirect()) {
            assertThat(one.eventFd()).isEqualTo(given);
            Recorder recorder = new Recorder(8);
            for (int i = 0; i < 8; i++) {
                AioContext context = i % 2 == 0 ? one : two;
                context.read(file, (long) i * PAGE, memory, i * PAGE, PAGE, NONE, recorder, i);
            }
            runAll(one);
            runAll(two);
            recorder.assertAllCompletedWith(PAGE);
            one.close();
            two.close();
            one.destroyed().join();
            two.destroyed().join();
            assertThat(count()).isEqualTo(8);
        }
    }

    @Test
    void shouldHaveNoneUnlessAskedFor() throws IOException {
        try (AioContext context = open(1, 0)) {
            assertThat(context.eventFd()).isEqualTo(-1);
        }
    }

    @Test
    void shouldTakeEitherItsOwnOrAGivenOne() {
        assertThatThrownBy(() -> builder().ownEventFd(true).eventFd(given).open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("own and given " + given);
    }
}
