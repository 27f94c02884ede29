package dev.aio.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.Aio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "from the ring: {0}")
@ValueSource(booleans = {true, false})
class KernelEngineTest extends IoEngineSuite {

    @Parameter
    boolean userSpaceReaping;

    @Override
    IoEngine open(IocbSlab iocbs, int eventFd) {
        assumeTrue(Aio.isAvailable(), () -> String.valueOf(Aio.unavailabilityCause()));
        long context = Native.ioSetup(DEPTH);
        assertThat(context).isPositive();
        return KernelEngine.of(context, iocbs, DEPTH, userSpaceReaping);
    }

    @Test
    void shouldReapInTheWayThatWasAskedFor() {
        assertThat(engine.reapsInUserSpace()).isEqualTo(userSpaceReaping);
        prepare(0, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), 0, 0, 0);
        iocbs.point(0, 0);
        assertThat(engine.submit(1)).isOne();
        assertThat(engine.next()).as("without a system call").isEqualTo(userSpaceReaping);
    }

    @Test
    void shouldGiveWhatWasFetchedBeforeWhatCameLater() {
        int fd = file(directory.resolve("file"));
        for (int slot = 0; slot < 3; slot++) {
            prepare(slot, Linux.IOCB_CMD_PREAD, fd, 0, 0, 0);
            iocbs.point(slot, slot);
        }
        assertThat(engine.submit(3)).isEqualTo(3);
        assertThat(engine.fetch(2, 2, FOREVER)).isEqualTo(2);
        for (int slot = 0; slot < 2; slot++) {
            assertThat(engine.next()).isTrue();
            assertThat(engine.data()).isEqualTo(DATA + slot);
        }
        assertThat(takeOne()).isEqualTo(DATA + 2);
    }

    private long takeOne() {
        if (!engine.next()) {
            assertThat(engine.fetch(1, 1, FOREVER)).isOne();
            assertThat(engine.next()).isTrue();
        }
        return engine.data();
    }
}
