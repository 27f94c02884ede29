package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileFactsTest {

    @ParameterizedTest(name = "a compressed form of {0} ns is used for a file of {1} ns: {2}")
    @CsvSource({
        "2000000001, 2000000001, true",
        "2000000002, 2000000001, true",
        "3000000000, 2000000001, true",
        "2000000001, 2000000002, false",
        "1999999999, 2000000000, false",
        "2000000000, 2000000001, true", // its compressor handed the time on in whole seconds
        "2000000000, 2999999999, true",
        "2000000000, 3000000000, false",
        "0, 999999999, true",
        "-1000000000, -1, true",
        "-1000000001, -1, false",
    })
    void aCompressedFormMustNotBeOlder(long coded, long plain, boolean expected) {
        assertThat(new FileFacts(1, coded, 1).isNoOlderThan(new FileFacts(1, plain, 1)))
                .isEqualTo(expected);
    }
}
