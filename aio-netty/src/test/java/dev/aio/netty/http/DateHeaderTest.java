package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DateHeaderTest {

    private static final long TIME = Instant.parse("1994-11-06T08:49:37Z").toEpochMilli();

    private final DateHeader date = new DateHeader();

    @Test
    void theFieldIsALineOfItsOwn_rfc9110_6_6_1() {
        assertThat(write(TIME)).isEqualTo("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
        assertThat(write(TIME)).hasSize(DateHeader.LENGTH);
    }

    @Test
    void itFollowsTheClockInBothDirections() {
        write(TIME);

        assertThat(write(TIME + 999)).contains("08:49:37");
        assertThat(write(TIME + 1_000)).contains("08:49:38");
        assertThat(write(TIME - 1)).contains("08:49:36");
    }

    private String write(long nowMillis) {
        ByteBuf out = Unpooled.buffer();
        date.write(out, nowMillis);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
