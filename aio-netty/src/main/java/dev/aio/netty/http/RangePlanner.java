package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides what a GET with a Range field is answered with, RFC 9110 14. */
final class RangePlanner {

    /** Ranges that one request may ask for, if nobody says otherwise; Apache's default. */
    static final int MAX_RANGES = 200;

    private final int maxRanges;
    private final Supplier<String> boundaries;

    /**
     * @param maxRanges satisfiable ranges from which on the field is ignored, being one fewer
     * @param boundaries of multipart responses
     */
    RangePlanner(int maxRanges, Supplier<String> boundaries) {
        this.maxRanges = maxRanges;
        this.boundaries = boundaries;
    }

    /** Whether any range is ever answered with a part. */
    boolean isEnabled() {
        return maxRanges > 0;
    }

    /**
     * Any range of an empty file is ignored: there is nothing to be partial about, no Content-Range
     * can say it, and clients that put a Range on everything do not take a 416 well.
     */
    ResponsePlan plan(HttpHeaders headers, FileHead file, long nowMillis) {
        long size = file.facts().size();
        String value = Preconditions.single(headers, HttpHeaderNames.RANGE);
        if (value == null || size == 0 || !isEnabled() || !Preconditions.rangeHolds(headers, file, nowMillis)) {
            return file.whole();
        }
        Optional<List<ByteRange>> asked = ByteRange.parse(value, size);
        if (asked.isEmpty() || asked.get().size() > maxRanges) {
            return file.whole();
        }
        switch (asked.get().size()) {
            case 0:
                return ResponsePlan.rangeNotSatisfiable(size);
            case 1:
                return ResponsePlan.part(file, asked.get().get(0));
            default:
                return several(file, ByteRange.coalesce(asked.get()));
        }
    }

    /**
     * No byte is sent twice, so that no request gets more out of us than the file has, but for the
     * lines around each part (RFC 9110 14.2 and 17.15). Who asks in pieces for everything gets it, and
     * so does who is answered with a coded file: nobody can tell from such a response what is coded.
     */
    private ResponsePlan several(FileHead file, List<ByteRange> ranges) {
        if (ranges.size() > 1) {
            return file.isCoded() || file.facts().size() > MultipartRanges.LONGEST_FILE
                    ? file.whole()
                    : ResponsePlan.parts(file, MultipartRanges.of(file, ranges, boundaries.get()));
        }
        ByteRange only = ranges.get(0);
        return only.length() == file.facts().size() ? file.whole() : ResponsePlan.part(file, only);
    }
}
