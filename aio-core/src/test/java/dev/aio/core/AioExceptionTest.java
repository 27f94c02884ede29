package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Linux;
import org.junit.jupiter.api.Test;

class AioExceptionTest {

    @Test
    void shouldSayWhatWhereAndWhy() {
        AioException failure = AioException.of(-Linux.EIO, "read", "/srv/a", 8192, 4096);
        assertThat(failure)
                .hasMessage(
                        "read of 4096 bytes at position 8192 of /srv/a: EIO (5): the device failed: see the kernel's log");
        assertThat(failure.errno()).isEqualTo(5);
        assertThat(failure.errnoName()).isEqualTo("EIO");
        assertThat(failure.operation()).isEqualTo("read");
        assertThat(failure.path()).isEqualTo("/srv/a");
        assertThat(failure.position()).isEqualTo(8192);
        assertThat(failure.length()).isEqualTo(4096);
    }

    @Test
    void shouldTakeErrorNumbersOfEitherSign() {
        assertThat(AioException.of(-2, "open", "a").errno()).isEqualTo(2);
        assertThat(AioException.of(2, "open", "a").errno()).isEqualTo(2);
    }

    @Test
    void shouldLeaveOutWhatTheOperationDoesNotHave() {
        AioException failure = AioException.of(Linux.ENOENT, "open", "missing");
        assertThat(failure).hasMessage("open missing: ENOENT (2)");
        assertThat(failure.position()).isEqualTo(-1);
        assertThat(failure.length()).isEqualTo(-1);
        assertThat(AioException.of(Linux.ENOMEM, "eventfd", null)).hasMessage("eventfd: ENOMEM (12)");
    }

    @Test
    void shouldSayWhatToDoWhereSomethingCanBeDone() {
        assertThat(AioException.of(Linux.EMFILE, "open", "a")).hasMessageContaining("ulimit -n");
        assertThat(AioException.of(Linux.EXDEV, "open", "../a")).hasMessageContaining("confined");
        assertThat(AioException.of(Linux.EINVAL, "read", "a", 1, 2)).hasMessageContaining("aligned");
        assertThat(AioException.of(Linux.EAGAIN, "io_setup", null)).hasMessageContaining("fs.aio-max-nr");
    }

    @Test
    void shouldCarryNoStackTrace() {
        assertThat(AioException.of(Linux.EIO, "read", "a").getStackTrace()).isEmpty();
    }
}
