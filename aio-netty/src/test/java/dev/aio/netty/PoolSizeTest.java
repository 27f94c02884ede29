package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolSizeTest {

    private static final long MIB = 1024 * 1024;

    @ParameterizedTest
    @CsvSource({"32, 8", "400, 100", "1024, 256", "100000, 256"})
    void aQuarterOfTheLimitWithinBounds(long limit, long expected) {
        List<String> warnings = new ArrayList<>();
        assertThat(PoolSize.of(limit * MIB, warnings::add)).isEqualTo(expected * MIB);
        assertThat(warnings).isEmpty();
    }

    @Test
    void aLimitThatIsTooSmallIsToldWithNumbersAndWhatToDo() {
        List<String> warnings = new ArrayList<>();
        assertThat(PoolSize.of(20 * MIB, warnings::add)).isEqualTo(8 * MIB);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("8388608", "20971520", "-XX:MaxDirectMemorySize=32m", "poolBytes");
    }
}
