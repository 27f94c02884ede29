package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is asked, the plan agrees with itself and with what is sent. */
@Timeout(600)
class ResponsePlannerFuzzTest {

    private static final int ROUNDS = "long".equals(System.getProperty("aio.tier")) ? 1_000_000 : 50_000;
    private static final int MAX_RANGES = 20;
    private static final long NOW = 1_700_000_000_000L;
    private static final RangePlanner RANGES = new RangePlanner(MAX_RANGES, () -> "BOUNDARY");
    private static final long[] SIZES = {0, 1, 2, 10, 1_000, 1L << 32, Long.MAX_VALUE};

    private final DateHeader date = new DateHeader();

    @Test
    void everyPlanHolds() {
        long seed = Long.getLong("aio.seed", new Random().nextLong());
        Random random = new Random(seed);
        Set<Integer> statuses = new HashSet<>();
        boolean multipart = false;
        for (int round = 0; round < ROUNDS; round++) {
            FileHead file = FileHead.of(representation(random), NOW);
            RandomRequest request = new RandomRequest(random, file);
            HttpMethod method = request.method();
            HttpHeaders headers = request.headers();
            ResponsePlan plan;
            try {
                plan = ResponsePlanner.plan(method, headers, file, RANGES, NOW);
                check(method, headers, file, plan);
                checkHead(file, plan);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "-Daio.seed=" + seed + ", round " + round + ": " + method + ' ' + headers.entries() + " of "
                                + file.facts(),
                        e);
            }
            statuses.add(plan.status().code());
            multipart |= plan.parts() != null;
        }
        assertThat(statuses).as("a fuzz that meets every answer").containsExactlyInAnyOrder(200, 206, 304, 412, 416);
        assertThat(multipart).isTrue();
    }

    private static Representation representation(Random random) {
        long age = random.nextInt(3) == 0 ? random.nextInt(5_000) - 1_000 : 1_000_000L * random.nextInt(1_000_000);
        FileFacts facts =
                new FileFacts(SIZES[random.nextInt(SIZES.length)], (NOW - age) * 1_000_000 + random.nextInt(1_000), 7);
        return new Representation(
                facts,
                "text/plain",
                random.nextInt(4) == 0 ? null : EntityTag.opaqueOf(facts),
                random.nextInt(4) == 0 ? ContentCoding.GZIP : null,
                random.nextBoolean(),
                random.nextBoolean() ? "no-cache" : null,
                true);
    }

    private static void check(HttpMethod method, HttpHeaders headers, FileHead file, ResponsePlan plan) {
        long size = file.facts().size();
        boolean head = method.equals(HttpMethod.HEAD);
        boolean mayBePartial = !head && headers.contains(HttpHeaderNames.RANGE) && size > 0;
        switch (plan.status().code()) {
            case 200:
                assertThat(plan.contentLength()).isEqualTo(size);
                assertThat(plan.length()).isEqualTo(head ? 0 : size);
                assertThat(plan.position()).isZero();
                assertThat(plan.fields()).isEmpty();
                assertThat(plan.parts()).isNull();
                break;
            case 206:
                assertThat(mayBePartial).isTrue();
                if (plan.parts() == null) {
                    checkPart(size, plan);
                } else {
                    checkParts(file, plan);
                }
                break;
            case 304:
                assertThat(headers.contains(HttpHeaderNames.IF_NONE_MATCH)
                                || headers.contains(HttpHeaderNames.IF_MODIFIED_SINCE))
                        .isTrue();
                assertThat(plan.contentLength()).isEqualTo(ResponsePlan.NO_LENGTH);
                assertThat(plan.length()).isZero();
                assertThat(plan.text()).isNull();
                break;
            case 412:
                assertThat(headers.contains(HttpHeaderNames.IF_MATCH)
                                || headers.contains(HttpHeaderNames.IF_UNMODIFIED_SINCE))
                        .isTrue();
                assertThat(plan.length()).isZero();
                break;
            case 416:
                assertThat(mayBePartial).isTrue();
                assertThat(plan.fields().get(0).value()).isEqualTo("bytes */" + size);
                assertThat(plan.length()).isZero();
                break;
            default:
                throw new AssertionError("status " + plan.status());
        }
    }

    private static void checkPart(long size, ResponsePlan plan) {
        assertThat(plan.position()).isBetween(0L, size - 1);
        assertThat(plan.length()).isBetween(1L, size - plan.position());
        assertThat(plan.contentLength()).isEqualTo(plan.length());
        assertThat(plan.fields()).hasSize(1);
        assertThat(plan.fields().get(0).toString())
                .contains("Content-Range")
                .contains("bytes " + plan.position() + '-' + (plan.position() + plan.length() - 1) + '/' + size);
    }

    private static void checkParts(FileHead file, ResponsePlan plan) {
        long size = file.facts().size();
        List<MultipartRanges.Part> parts = plan.parts().parts();
        assertThat(file.isCoded()).isFalse();
        assertThat(parts).hasSizeBetween(2, MAX_RANGES);
        assertThat(plan.fields()).hasSize(1);
        assertThat(plan.fields().get(0).value()).isEqualTo("multipart/byteranges; boundary=BOUNDARY");
        long bytes = 0;
        long around = plan.parts().end().length;
        for (MultipartRanges.Part part : parts) {
            ByteRange range = part.range();
            assertThat(range.position()).isBetween(0L, size - 1);
            assertThat(range.length()).isBetween(1L, size - range.position());
            assertThat(new String(part.head(), StandardCharsets.US_ASCII))
                    .contains("\r\nContent-Range: " + range.contentRange(size) + "\r\n\r\n");
            bytes += range.length();
            around += part.head().length;
        }
        assertThat(bytes).as("no byte twice").isLessThan(size);
        assertThat(around).isLessThan(200L * (MAX_RANGES + 1));
        assertThat(plan.contentLength()).isEqualTo(bytes + around);
        assertThat(plan.length()).isEqualTo(bytes + around);
        assertDisjoint(parts);
    }

    private static void assertDisjoint(List<MultipartRanges.Part> parts) {
        ByteRange[] sorted = parts.stream().map(MultipartRanges.Part::range).toArray(ByteRange[]::new);
        Arrays.sort(sorted, (a, b) -> Long.compare(a.position(), b.position()));
        for (int i = 1; i < sorted.length; i++) {
            assertThat(sorted[i].position())
                    .as("neither overlapping nor adjoining")
                    .isGreaterThan(sorted[i - 1].position() + sorted[i - 1].length());
        }
    }

    /** As a client reads it. */
    private void checkHead(FileHead file, ResponsePlan plan) {
        ByteBuf out = Unpooled.buffer(512);
        ResponseHead.write(out, plan, Persistence.KEEP_ALIVE, date, NOW);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(ResponseHead.maxLength(plan));
        String message = out.toString(StandardCharsets.US_ASCII);
        int end = message.indexOf("\r\n\r\n");
        String text = plan.text() == null ? "" : plan.text();
        assertThat(message.substring(end + 4)).isEqualTo(text);
        Set<String> names = new HashSet<>();
        String[] lines = message.substring(0, end).split("\r\n");
        for (int i = 1; i < lines.length; i++) {
            assertThat(names.add(lines[i].substring(0, lines[i].indexOf(": "))))
                    .as("the only %s", lines[i])
                    .isTrue();
        }
        int status = plan.status().code();
        boolean ofFile = status < 400;
        assertThat(names.contains("Content-Length")).isEqualTo(status != 304);
        assertThat(names.contains("Content-Range")).isEqualTo((status == 206 && plan.parts() == null) || status == 416);
        assertThat(names.contains("ETag")).isEqualTo(ofFile && file.entityTag() != null);
        assertThat(names.contains("Vary")).isEqualTo(ofFile && file.varies());
        assertThat(names.contains("Content-Encoding")).isEqualTo(ofFile && status != 304 && file.isCoded());
    }

    @Test
    void noTargetLeadsElsewhere_rfc9110_10_2_2() {
        long seed = Long.getLong("aio.seed", new Random().nextLong());
        Random random = new Random(seed);
        RandomRequest request =
                new RandomRequest(random, FileHead.of(Representation.of(new FileFacts(1, 1, 1), "text/plain"), NOW));
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = request.target();
            RequestTarget target = RequestTarget.parse(text);
            if (target.rejection() != null) {
                continue;
            }
            accepted++;
            String what = "-Daio.seed=" + seed + ": " + text;
            assertThat(target.path())
                    .as(what)
                    .doesNotContain("//")
                    .doesNotStartWith("/")
                    .doesNotEndWith("/");
            assertThat(("/" + target.path() + "/")).as(what).doesNotContain("/../");
            String location = target.directoryLocation();
            assertThat(location).as(what).matches("/(?![/\\\\])[!-~]*").doesNotContain("\\");
            new HeaderField(FieldNames.LOCATION, location);
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 20);
    }

    @Test
    void whateverIsAcceptedOnlyWhatIsOfferedIsLookedFor_rfc9110_12_5_3() {
        long seed = Long.getLong("aio.seed", new Random().nextLong());
        Random random = new Random(seed);
        List<ContentCoding> offered = List.of(ContentCoding.GZIP, ContentCoding.BR);
        FileHead file = FileHead.of(Representation.of(new FileFacts(1, 1, 1), "text/plain"), NOW);
        RandomRequest request = new RandomRequest(random, file);
        for (int round = 0; round < ROUNDS; round++) {
            List<String> lines = request.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING);
            assertThat(AcceptEncoding.preferred(lines, offered))
                    .as("-Daio.seed=%d: %s", seed, lines)
                    .isSubsetOf(offered)
                    .doesNotHaveDuplicates();
            if (lines.isEmpty()) {
                assertThat(AcceptEncoding.preferred(lines, offered)).isEmpty();
            }
        }
    }
}
