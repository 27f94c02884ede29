package dev.aio.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {

    @ParameterizedTest
    @CsvSource({
        "1, EPERM",
        "22, EINVAL",
        "28, ENOSPC",
        "38, ENOSYS",
        "95, EOPNOTSUPP",
        "125, ECANCELED",
        "133, EHWPOISON"
    })
    void shouldNameKnownErrors(int errno, String name) {
        assertThat(Errno.name(errno)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "8", "134", "4096"})
    void shouldShowTheNumberOfOthers(int errno) {
        assertThat(Errno.name(errno)).isEqualTo("errno " + errno);
    }

    @Test
    void shouldAgreeWithTheConstants() throws IllegalAccessException {
        List<Field> constants = Arrays.stream(Linux.class.getFields())
                .filter(field -> field.getName().matches("E[A-Z0-9]+"))
                .collect(Collectors.toList());
        assertThat(constants).hasSizeGreaterThan(20);
        for (Field constant : constants) {
            assertThat(Errno.name(constant.getInt(null))).isEqualTo(constant.getName());
        }
    }
}
