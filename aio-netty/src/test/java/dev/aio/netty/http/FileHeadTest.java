package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileHeadTest {

    private static final long MODIFIED =
            Instant.parse("1994-11-06T08:49:37.250Z").toEpochMilli();
    private static final FileFacts FACTS = new FileFacts(5, MODIFIED * 1_000_000, 7);

    @Test
    void aSettledFileIsRenderedOnce() {
        FileHead head = head(MODIFIED + 2_000);

        assertThat(head.at(MODIFIED + 3_000)).isSameAs(head);
        assertThat(head.at(Long.MAX_VALUE - 1)).isSameAs(head);
        assertThat(fields(head))
                .isEqualTo("Content-Type: text/plain\r\n"
                        + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                        + "ETag: \"ae1b981cb2fbc80-5-7\"\r\n"
                        + "Accept-Ranges: bytes\r\n"
                        + "X-Content-Type-Options: nosniff\r\n");
        assertThat(fields(head)).hasSize(head.length());
    }

    @Test
    void aYoungFileTurnsStrongByItself_rfc9110_8_8_1() {
        FileHead young = head(MODIFIED);

        assertThat(young.at(MODIFIED + 1_999)).isSameAs(young);
        assertThat(fields(young)).contains("ETag: W/\"");

        FileHead settled = young.at(MODIFIED + 2_000);

        assertThat(settled.facts()).isEqualTo(FACTS);
        assertThat(fields(settled)).contains("ETag: \"").isEqualTo(fields(head(MODIFIED + 9_000)));
    }

    @Test
    void lastModifiedIsNeverLaterThanTheResponse_rfc9110_8_8_2_1() {
        FileHead head = head(MODIFIED - 10_000);

        assertThat(fields(head)).contains("08:49:27 GMT").contains("ETag: W/\"");
        // its second ends 750 ms later, from 27.250 to 28.000
        assertThat(head.at(MODIFIED - 9_251)).isSameAs(head);
        assertThat(fields(head.at(MODIFIED - 9_250))).contains("08:49:28 GMT");
        assertThat(fields(head.at(MODIFIED + 2_000))).contains("08:49:37 GMT").contains("ETag: \"");
    }

    @Test
    void aFileFromTheNextSecondIsDatedAnewWhenItBegins() {
        FileHead head = head(MODIFIED - 1_000);

        assertThat(fields(head)).contains("08:49:36 GMT");
        assertThat(fields(head.at(MODIFIED - 250))).contains("08:49:37 GMT");
    }

    @Test
    void aFileFromBeforeTheEpochHasADate() {
        FileHead head = FileHead.of(Representation.of(new FileFacts(1, -1, 1), "text/plain"), MODIFIED);

        assertThat(fields(head)).contains("Last-Modified: Wed, 31 Dec 1969 23:59:59 GMT");
    }

    @Test
    void aCodedFormSaysSoAndIsTypedAsWhatItDecodesTo_rfc9110_8_4() {
        FileHead head = FileHead.of(
                new Representation(FACTS, "text/css", "t", ContentCoding.BR, true, "max-age=60", true),
                MODIFIED + 9_000);

        assertThat(fields(head))
                .isEqualTo("Content-Type: text/css\r\n"
                        + "Content-Encoding: br\r\n"
                        + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                        + "ETag: \"t-br\"\r\n"
                        + "Accept-Ranges: bytes\r\n"
                        + "Vary: Accept-Encoding\r\n"
                        + "Cache-Control: max-age=60\r\n"
                        + "X-Content-Type-Options: nosniff\r\n");
    }

    @Test
    void withoutRangesItSaysSo_rfc9110_14_3() {
        assertThat(fields(head(null, "t", null, false))).contains("Accept-Ranges: none\r\n");
    }

    @ParameterizedTest(name = "RFC 9110 15.4.5: a 304 with tag {0}, coding {1}, Cache-Control {2}")
    @CsvSource({
        "t, , , ETag: \"t\"|Vary: Accept-Encoding|",
        "t, GZIP, , ETag: \"t-gzip\"|Vary: Accept-Encoding|",
        "t, , max-age=1, ETag: \"t\"|Vary: Accept-Encoding|Cache-Control: max-age=1|",
        ", , no-cache, 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT|Vary: Accept-Encoding|Cache-Control: no-cache|'",
    })
    void a304RepeatsWhatA200Says(String tag, ContentCoding coding, String cacheControl, String expected) {
        FileHead head = head(coding, tag, cacheControl, true);
        ByteBuf out = Unpooled.buffer();
        head.writeFieldsOfNotModified(out);

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(expected.replace("|", "\r\n"));
        for (String field : expected.split("\\|")) {
            assertThat(fields(head)).contains(field + "\r\n");
        }
    }

    @Test
    void a304RepeatsNothingElse_rfc9110_15_4_5() {
        ByteBuf out = Unpooled.buffer();
        head(MODIFIED + 9_000).writeFieldsOfNotModified(out);

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("ETag: \"ae1b981cb2fbc80-5-7\"\r\n");
    }

    private static FileHead head(ContentCoding coding, String tag, String cacheControl, boolean ranges) {
        Representation file = new Representation(FACTS, "text/css", tag, coding, true, cacheControl, ranges);
        return FileHead.of(file, MODIFIED + 9_000);
    }

    @Test
    void aContentTypeCannotForgeAField_rfc9110_5_5() {
        assertThatThrownBy(() -> FileHead.of(Representation.of(FACTS, "text/plain\r\nX: y"), MODIFIED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("character U+000D at 10 in field Content-Type (expected: visible ASCII)");
    }

    private static FileHead head(long nowMillis) {
        return FileHead.of(Representation.of(FACTS, "text/plain"), nowMillis);
    }

    private static String fields(FileHead head) {
        ByteBuf out = Unpooled.buffer();
        head.writeFields(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
