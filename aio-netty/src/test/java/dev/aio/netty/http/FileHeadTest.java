package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

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
                        + "Accept-Ranges: bytes\r\n");
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
        FileHead head = FileHead.of(new FileFacts(1, -1, 1), "text/plain", MODIFIED);

        assertThat(fields(head)).contains("Last-Modified: Wed, 31 Dec 1969 23:59:59 GMT");
    }

    @Test
    void a304RepeatsTheTagAlone_rfc9110_15_4_5() {
        ByteBuf out = Unpooled.buffer();
        head(MODIFIED + 9_000).writeEntityTag(out);

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("ETag: \"ae1b981cb2fbc80-5-7\"\r\n");
    }

    @Test
    void aContentTypeCannotForgeAField_rfc9110_5_5() {
        assertThatThrownBy(() -> FileHead.of(FACTS, "text/plain\r\nX: y", MODIFIED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("character U+000D at 10 in field Content-Type (expected: visible ASCII)");
    }

    private static FileHead head(long nowMillis) {
        return FileHead.of(FACTS, "text/plain", nowMillis);
    }

    private static String fields(FileHead head) {
        ByteBuf out = Unpooled.buffer();
        head.writeFields(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
