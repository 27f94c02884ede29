package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.core.internal.Linux;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AioTest {

    @Test
    void shouldAgreeWithItselfOnAvailability() {
        if (Aio.isAvailable()) {
            assertThat(Aio.unavailabilityCause()).isNull();
            assertThat(Aio.isNativeLibraryLoaded()).isTrue();
            assertThatCode(Aio::ensureAvailability).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(Aio::ensureAvailability)
                    .isInstanceOf(UnsatisfiedLinkError.class)
                    .hasCause(Aio.unavailabilityCause());
        }
    }

    @Test
    void shouldKnowTheHostsLimits() throws IOException {
        assertThat(Aio.aioNr()).isNotNegative();
        try (FileInputStream limit = new FileInputStream("/proc/sys/fs/aio-max-nr")) {
            byte[] digits = new byte[32];
            String text = new String(digits, 0, limit.read(digits), StandardCharsets.US_ASCII).strip();
            assertThat(Aio.aioMaxNr()).isEqualTo(Long.parseLong(text)).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        Linux.ENOSYS + ", CONFIG_AIO",
        Linux.EPERM + ", seccomp profile",
        Linux.EACCES + ", seccomp profile",
        Linux.EAGAIN + ", sysctl -w fs.aio-max-nr",
        Linux.ENOMEM + ", ENOMEM",
    })
    void shouldSayWhyThereIsNoContext(int errno, String reason) {
        assertThat(Aio.setupFailure(errno, 128)).hasMessageContaining(reason);
    }

    @Test
    void shouldBeAvailableWhileTheHostsEventsAreUsedUp() {
        assertThat(Aio.unavailability(Linux.EINVAL)).as("of no events").isNull();
        assertThat(Aio.unavailability(Linux.EAGAIN)).as("for a moment").isNull();
        assertThat(Aio.unavailability(Linux.ENOSYS)).as("for good").hasMessageContaining("CONFIG_AIO");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 65537})
    void shouldRefuseADepthThatNoKernelGives(int depth) {
        assertThatThrownBy(() -> AioContext.builder().depth(depth))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth: " + depth + " (expected: 1..65536)");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, (1 << 20) + 1})
    void shouldRefuseAPendingLimitOutOfRange(int limit) {
        assertThatThrownBy(() -> AioContext.builder().pendingLimit(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pendingLimit: " + limit + " (expected: 0..1048576)");
    }

    @ParameterizedTest
    @CsvSource({
        "r-xp, /usr/lib/x86_64-linux-gnu/libc.so.6, true",
        "r--p, /usr/lib/jvm/17/lib/server/libjvm.so, true",
        "rw-p, /usr/lib/jvm/17/lib/server/classes_nocoops.jsa, true",
        "r-xp, /tmp/libdevaio_x86_64123.so (deleted), true",
        "---p, /usr/lib/x86_64-linux-gnu/libc.so.6, false",
        "r--p, /usr/lib/jvm/17/lib/modules, false",
        "r--s, /srv/a.sock, false",
        "rw-p, [heap], false",
        "rw-p, '', false",
    })
    void shouldKnowWhatIsMappedToBeRun(String access, String file, boolean expected) {
        String map = "7f6bc53d0000-7f6bc53e0000 " + access + " 00001000 08:01 1234                       " + file;

        assertThat(Aio.isCode(map)).isEqualTo(expected);
    }
}
