package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {

    private static final long NOW = Instant.parse("1994-11-06T08:49:37Z").toEpochMilli();
    private static final FileHead FILE = file(1_234);
    private static final RangePlanner RANGES = new RangePlanner(RangePlanner.MAX_RANGES, () -> "B");
    private static final String DATE = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    private static final String FILE_FIELDS = "Content-Type: text/html; charset=utf-8\r\n"
            + "Last-Modified: Thu, 01 Jan 1970 00:00:01 GMT\r\n"
            + "ETag: \"3b9aca00-4d2-7\"\r\n"
            + "Accept-Ranges: bytes\r\n"
            + "X-Content-Type-Options: nosniff\r\n";

    private final DateHeader date = new DateHeader();

    @Test
    void aWholeFile_rfc9110_15_3_1() {
        assertThat(write(ResponsePlan.whole(FILE), Persistence.KEEP_ALIVE))
                .isEqualTo("HTTP/1.1 200 OK\r\n" + DATE + FILE_FIELDS + "Content-Length: 1234\r\n" + "\r\n");
    }

    @Test
    void headLooksTheSame_rfc9110_9_3_2() {
        ResponsePlan get = ResponsePlan.whole(FILE);

        assertThat(write(get.forMethod(HttpMethod.HEAD), Persistence.CLOSE)).isEqualTo(write(get, Persistence.CLOSE));
    }

    @Test
    void aPart_rfc9110_15_3_7() {
        assertThat(write(ResponsePlan.part(FILE, new ByteRange(100, 9)), Persistence.CLOSE))
                .isEqualTo("HTTP/1.1 206 Partial Content\r\n"
                        + DATE
                        + FILE_FIELDS
                        + "Content-Range: bytes 100-108/1234\r\n"
                        + "Content-Length: 9\r\n"
                        + "Connection: close\r\n"
                        + "\r\n");
    }

    @Test
    void severalParts_rfc9110_15_3_7_2() {
        List<ByteRange> ranges = List.of(new ByteRange(100, 9), new ByteRange(0, 1));
        ResponsePlan plan = ResponsePlan.parts(FILE, MultipartRanges.of(FILE, ranges, "B"));

        assertThat(write(plan, Persistence.KEEP_ALIVE))
                .isEqualTo("HTTP/1.1 206 Partial Content\r\n"
                        + DATE
                        + FILE_FIELDS.substring(FILE_FIELDS.indexOf("Last-Modified"))
                        + "Content-Type: multipart/byteranges; boundary=B\r\n"
                        + "Content-Length: "
                        + plan.parts().length()
                        + "\r\n\r\n");
    }

    @Test
    void notModified_rfc9110_15_4_5() {
        assertThat(write(ResponsePlan.notModified(FILE), Persistence.KEEP_ALIVE_SAID))
                .isEqualTo("HTTP/1.1 304 Not Modified\r\n"
                        + DATE
                        + "ETag: \"3b9aca00-4d2-7\"\r\n"
                        + "Connection: keep-alive\r\n"
                        + "\r\n");
    }

    @Test
    void notSatisfiable_rfc9110_15_5_17() {
        assertThat(write(ResponsePlan.rangeNotSatisfiable(1_234), Persistence.KEEP_ALIVE))
                .isEqualTo("HTTP/1.1 416 Requested Range Not Satisfiable\r\n"
                        + DATE
                        + "Content-Type: text/plain; charset=utf-8\r\n"
                        + "X-Content-Type-Options: nosniff\r\n"
                        + "Content-Range: bytes */1234\r\n"
                        + "Content-Length: 36\r\n"
                        + "\r\n"
                        + "416 Requested Range Not Satisfiable\n");
    }

    @Test
    void aTextFollowsItsHeadUnlessForHead_rfc9110_9_3_2() {
        ResponsePlan get = ResponsePlan.of(HttpResponseStatus.NOT_FOUND);
        String head = "HTTP/1.1 404 Not Found\r\n"
                + DATE
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "X-Content-Type-Options: nosniff\r\n"
                + "Content-Length: 14\r\n"
                + "\r\n";

        assertThat(write(get, Persistence.KEEP_ALIVE)).isEqualTo(head + "404 Not Found\n");
        assertThat(write(get.forMethod(HttpMethod.HEAD), Persistence.KEEP_ALIVE))
                .isEqualTo(head);
    }

    @Test
    void methodNotAllowed_rfc9110_15_5_6() {
        assertThat(write(ResponsePlan.methodNotAllowed(), Persistence.KEEP_ALIVE))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD, OPTIONS\r\n");
    }

    @Test
    void optionsHasNoContentAndSaysSo_rfc9110_9_3_7() {
        assertThat(write(ResponsePlan.options(), Persistence.KEEP_ALIVE))
                .isEqualTo("HTTP/1.1 200 OK\r\n" + DATE + "Allow: GET, HEAD, OPTIONS\r\nContent-Length: 0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 12_345, 4_294_967_296L, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void contentLengthIsTheSize_rfc9110_8_6(long size) {
        assertThat(write(ResponsePlan.whole(file(size)), Persistence.KEEP_ALIVE))
                .contains("\r\nContent-Length: " + size + "\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("plans")
    void noHeadIsLongerThanSaid(ResponsePlan plan) {
        for (Persistence persistence : Persistence.values()) {
            assertThat(write(plan, persistence)).hasSizeLessThanOrEqualTo(ResponseHead.maxLength(plan));
        }
    }

    static List<ResponsePlan> plans() {
        FileHead large = file(Long.MAX_VALUE);
        return List.of(
                ResponsePlan.whole(FILE),
                ResponsePlan.whole(large),
                ResponsePlan.part(large, new ByteRange(1, Long.MAX_VALUE - 1)),
                ResponsePlan.parts(
                        large,
                        MultipartRanges.of(
                                large,
                                List.of(new ByteRange(1, 1), new ByteRange(Long.MAX_VALUE - 1, 1)),
                                MultipartRanges.randomBoundary())),
                ResponsePlan.notModified(FILE),
                ResponsePlan.rangeNotSatisfiable(Long.MAX_VALUE),
                ResponsePlan.redirect("/" + "%20".repeat(4_000)),
                ResponsePlan.methodNotAllowed(),
                ResponsePlan.options(),
                ResponsePlan.of(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE));
    }

    @Test
    void itGoesBehindWhatIsThere() {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(8);
        try {
            out.writeByte('x');
            ResponseHead.write(out, FILE.whole(), Persistence.KEEP_ALIVE, date, NOW);

            assertThat(out.toString(StandardCharsets.US_ASCII))
                    .startsWith("xHTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n");
        } finally {
            out.release();
        }
    }

    @Test
    void aBufferOfAnySizeGrowsAsNeeded() {
        String whole = write(FILE.whole(), Persistence.CLOSE);
        for (int capacity = 1; capacity <= whole.length(); capacity++) {
            ByteBuf out = Unpooled.buffer(capacity);
            ResponseHead.write(out, FILE.whole(), Persistence.CLOSE, date, NOW);

            assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(whole);
        }
    }

    /**
     * Counts bytes rather than time, so it holds on any machine and before anything is compiled.
     */
    @ParameterizedTest
    @EnumSource
    void aWholeFileIsPlannedAndRenderedWithoutAllocation(Persistence persistence) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        HttpHeaders headers =
                new DefaultHttpHeaders().add("Host", "h").add("Accept", "*/*").add("User-Agent", "x");
        // as allocators make it, but without the leak detection that tests run under
        ByteBuf out = new UnpooledDirectByteBuf(UnpooledByteBufAllocator.DEFAULT, 4_096, 4_096);
        try {
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) { // the JVM's own one-time work is not counted
                long before = threads.getCurrentThreadAllocatedBytes();
                planAndWrite(out, headers, persistence, 1_000);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }

            assertThat(least).as("bytes allocated by 1,000 responses").isLessThan(1_000);
        } finally {
            out.release();
        }
    }

    private void planAndWrite(ByteBuf out, HttpHeaders headers, Persistence persistence, int times) {
        for (int i = 0; i < times; i++) {
            out.clear();
            FileHead file = FILE.at(NOW);
            ResponsePlan plan = ResponsePlanner.plan(HttpMethod.GET, headers, file, RANGES, NOW);
            ResponseHead.write(out, plan, persistence.after(plan), date, NOW);
        }
    }

    private String write(ResponsePlan plan, Persistence persistence) {
        ByteBuf out = Unpooled.buffer();
        ResponseHead.write(out, plan, persistence, date, NOW);
        return out.toString(StandardCharsets.US_ASCII);
    }

    private static FileHead file(long size) {
        return FileHead.of(Representation.of(new FileFacts(size, 1_000_000_000, 7), "text/html; charset=utf-8"), NOW);
    }
}
