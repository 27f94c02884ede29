package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The conditional requests of RFC 9110 13, for GET and HEAD of a file that exists. */
final class Preconditions {

    /** What the conditions of a request ask for. */
    enum Outcome {
        PROCEED,
        NOT_MODIFIED,
        FAILED
    }

    private Preconditions() {}

    /** Evaluates all but If-Range in the order of RFC 9110 13.2.2. */
    static Outcome evaluate(HttpHeaders headers, FileHead file, long nowMillis) {
        if (headers.contains(HttpHeaderNames.IF_MATCH)) {
            if (!EntityTag.isStronglyIn(headers.getAll(HttpHeaderNames.IF_MATCH), file.entityTag())) {
                return Outcome.FAILED;
            }
        } else if (modifiedSince(headers, HttpHeaderNames.IF_UNMODIFIED_SINCE, file, nowMillis, false)) {
            return Outcome.FAILED;
        }
        if (headers.contains(HttpHeaderNames.IF_NONE_MATCH)) {
            return EntityTag.isWeaklyIn(headers.getAll(HttpHeaderNames.IF_NONE_MATCH), file.entityTag())
                    ? Outcome.NOT_MODIFIED
                    : Outcome.PROCEED;
        }
        return modifiedSince(headers, HttpHeaderNames.IF_MODIFIED_SINCE, file, nowMillis, true)
                ? Outcome.PROCEED
                : Outcome.NOT_MODIFIED;
    }

    /**
     * @param otherwise the answer if the field is absent, repeated or no date, for then it is to be
     *     ignored
     */
    private static boolean modifiedSince(
            HttpHeaders headers, CharSequence name, FileHead file, long nowMillis, boolean otherwise) {
        String value = single(headers, name);
        OptionalLong date = value == null ? OptionalLong.empty() : HttpDates.parse(value, nowMillis);
        return date.isPresent() ? file.lastModifiedSecond() > date.getAsLong() : otherwise;
    }

    /**
     * Whether a Range field is to be followed: true without If-Range, else only if its validator is
     * the file's own and a strong one (RFC 9110 13.1.5). A date is strong once the file has
     * settled: a client that uses one has seen that its second was over (8.8.2.2).
     */
    static boolean rangeHolds(HttpHeaders headers, FileHead file, long nowMillis) {
        if (!headers.contains(HttpHeaderNames.IF_RANGE)) {
            return true;
        }
        String value = single(headers, HttpHeaderNames.IF_RANGE);
        if (value == null) {
            return false;
        }
        if (value.startsWith("\"") || value.startsWith("W/")) {
            return file.entityTag() != null && file.entityTag().isStronglyEqualTo(value);
        }
        OptionalLong date = HttpDates.parse(value, nowMillis);
        return date.isPresent()
                && date.getAsLong() == file.lastModifiedSecond()
                && file.facts().isSettled(nowMillis);
    }

    /** The field's value, or null if it is absent or given more than once. */
    static @Nullable String single(HttpHeaders headers, CharSequence name) {
        String first = headers.get(name);
        if (first == null) {
            return null;
        }
        List<String> lines = headers.getAll(name);
        return lines.size() == 1 ? first : null;
    }
}
