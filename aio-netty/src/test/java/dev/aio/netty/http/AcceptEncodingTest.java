package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked for before the plain file, where all of br, zstd and gzip are offered. */
class AcceptEncodingTest {

    private static final List<ContentCoding> ALL = Arrays.asList(ContentCoding.values());

    @ParameterizedTest(name = "RFC 9110 12.5.3: {0} asks for {1}")
    @CsvSource(
            nullValues = "none",
            value = {
                "gzip, gzip",
                "'gzip, br', br gzip",
                "'br, gzip', br gzip",
                "'gzip, deflate, br, zstd', br zstd gzip",
                "'gzip, compress, br', br gzip",
                "deflate, ''",
                "'', ''",
                "identity, ''",
                "'compress, x-unknown', ''",
                // names
                "GZIP, gzip",
                "x-gzip, gzip",
                "'gzipped, bro', ''",
                // quality
                "'gzip;q=0.9,br', br gzip",
                "'gzip, compress, br;q=0.9', gzip br",
                "'br;q=0.1, zstd;q=0.2, gzip;q=0.3', gzip zstd br",
                "'gzip;q=0', ''",
                "'gzip;q=0.000', ''",
                "'gzip;q=0, br', br",
                "'gzip;q=0.001', gzip",
                "'gzip;q=1.000', gzip",
                "'gzip;q=1.', gzip",
                "'gzip;q=0.', ''",
                "'gzip ; q = 0.5 , br ; q = 0.8', br gzip",
                "'gzip;Q=0.5', gzip",
                "'gzip;', gzip",
                // the plain file is one choice among them
                "'gzip;q=0.5, identity', ''",
                "'gzip;q=0.5, identity;q=0.7', ''",
                "'gzip;q=0.7, identity;q=0.7', gzip",
                "'gzip;q=0.7, identity;q=0.5', gzip",
                "'br;q=0.3, gzip;q=0.7, identity;q=0.5', gzip",
                "'identity;q=0, gzip;q=0.1', gzip",
                "'identity;q=0', ''",
                // all others
                "*, br zstd gzip",
                "'*;q=0', ''",
                "'*;q=0, gzip', gzip",
                "'gzip;q=0, *', br zstd",
                "'gzip;q=1.0, identity; q=0.5, *;q=0', gzip",
                "'br, *;q=0.1', br zstd gzip",
                "'gzip;q=0.1, *;q=0.5', br zstd",
                // lists
                "',gzip,,br,', br gzip",
                // the last one counts
                "'gzip, gzip;q=0', ''",
            })
    void whatIsAskedFor(String field, String expected) {
        assertThat(preferred(List.of(field), ALL)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9110 12.4.2: gzip;{0} has no quality, and is not sent")
    @ValueSource(
            strings = {
                "q=",
                "q=2",
                "q=1.001",
                "q=1.5",
                "q=-1",
                "q=.5",
                "q=0.1234",
                "q=0,5",
                "q=x",
                "q",
                "r=1",
                "q=0x1",
                "q=1e0",
                "q=\u0661",
                "q=\"1\"",
                "q=10",
                "q=01",
                "q==1",
                "q=1 1",
                "q=0.5;x=y",
            })
    void malformedQualities(String parameter) {
        assertThat(preferred(List.of("gzip;" + parameter), ALL)).isEmpty();
    }

    @Test
    void everyFieldLineCounts_rfc9110_5_3() {
        assertThat(preferred(List.of("gzip;q=0.5", "br"), ALL)).isEqualTo("br gzip");
    }

    @Test
    void onlyWhatIsOfferedIsLookedFor() {
        assertThat(preferred(List.of("br, gzip, zstd"), List.of(ContentCoding.GZIP)))
                .isEqualTo("gzip");
    }

    @Test
    void theServerChoosesAmongWhatIsTakenAlike_rfc9110_12_5_3() {
        assertThat(preferred(List.of("br, gzip, zstd"), List.of(ContentCoding.GZIP, ContentCoding.BR)))
                .isEqualTo("gzip br");
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "=", ",", ";;", ";=", "=;", "q=0", "q=,", ";q=1", "*;*", "\"", "gzip;q=\"1,br\""})
    void nothingIsTooOddToRead(String field) {
        assertThat(AcceptEncoding.preferred(List.of(field, field), ALL)).isNotNull();
    }

    private static String preferred(List<String> lines, List<ContentCoding> offered) {
        return AcceptEncoding.preferred(lines, offered).stream()
                .map(ContentCoding::token)
                .collect(Collectors.joining(" "));
    }
}
