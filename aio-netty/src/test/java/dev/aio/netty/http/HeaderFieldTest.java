package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderFieldTest {

    @Test
    void itIsALine_rfc9112_5() {
        HeaderField field = new HeaderField(FieldNames.LOCATION, "/a b~/");
        ByteBuf out = Unpooled.buffer();
        field.write(out);

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("Location: /a b~/\r\n");
        assertThat(out.readableBytes()).isEqualTo(field.length());
    }

    @ParameterizedTest(name = "RFC 9110 5.5: [{index}] is no value")
    @ValueSource(strings = {"a\r\nb", "a\nb", "a\rb", "\u0000", "\t", "\u007f", "\u0080", "ä", "\u010a", "\uffff"})
    void whatIsNotVisibleAsciiIsRefused(String value) {
        assertThatThrownBy(() -> new HeaderField(FieldNames.LOCATION, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: visible ASCII");
    }
}
