package dev.aio.netty.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.stream.Collectors;

/** What a Range field is answered with, as a status and the ranges that are sent. */
final class RangeAnswers {

    private static final long NOW = 1_700_000_000_000L;

    private RangeAnswers() {}

    static String answer(long size, String ranges) {
        return answerTo(size, "bytes=" + ranges);
    }

    static String answerTo(long size, String field) {
        return answerTo(size, field, RangePlanner.MAX_RANGES);
    }

    static String answerTo(long size, String field, int maxRanges) {
        HttpHeaders headers = new DefaultHttpHeaders().add("Range", field);
        FileHead file = FileHead.of(Representation.of(new FileFacts(size, 0, 1), "text/plain"), NOW);
        RangePlanner ranges = new RangePlanner(maxRanges, () -> "B");
        ResponsePlan plan = ResponsePlanner.plan(HttpMethod.GET, headers, file, ranges, NOW);
        String status = String.valueOf(plan.status().code());
        if (plan.status().code() != 206) {
            return status;
        }
        if (plan.parts() == null) {
            return status + ' ' + text(new ByteRange(plan.position(), plan.length()));
        }
        return status
                + plan.parts().parts().stream()
                        .map(part -> ' ' + text(part.range()))
                        .collect(Collectors.joining());
    }

    private static String text(ByteRange range) {
        return range.position() + "-" + (range.position() + range.length() - 1);
    }
}
