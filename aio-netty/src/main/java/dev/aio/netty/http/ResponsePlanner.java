package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what a request is answered with. Pure functions: no clock, no file, no channel. */
final class ResponsePlanner {

    /** Known to RFC 9110 and RFC 5789, but not offered for files. */
    private static final Set<HttpMethod> NOT_ALLOWED = Set.of(
            HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.CONNECT, HttpMethod.TRACE, HttpMethod.PATCH);

    private ResponsePlanner() {}

    /** The only target that names no resource, but the server; for OPTIONS alone (RFC 9112 3.2.4). */
    private static final String ASTERISK_FORM = "*";

    /** The answer to a request that no file is looked for, or null. */
    static @Nullable ResponsePlan withoutFile(HttpRequest request) {
        ResponsePlan refusal = refusal(request);
        return refusal != null || asksForFile(request.method()) ? refusal : otherMethod(request);
    }

    /** The answer to a request that cannot be understood, or that demands what nobody can give; or null. */
    static @Nullable ResponsePlan refusal(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        // A minor version has one digit (RFC 9112 2.3); those after 1.1 are compatible with it.
        if (version.majorVersion() != 1 || version.minorVersion() > 9) {
            return ResponsePlan.of(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED);
        }
        // RFC 9112 3.2
        if (version.minorVersion() > 0 && !request.headers().contains(HttpHeaderNames.HOST)) {
            return ResponsePlan.of(HttpResponseStatus.BAD_REQUEST);
        }
        // RFC 9110 10.1.1; what 1.0 sends there means nothing
        return version.minorVersion() > 0 && Expectation.of(request) == Expectation.UNKNOWN
                ? ResponsePlan.of(HttpResponseStatus.EXPECTATION_FAILED)
                : null;
    }

    static boolean asksForFile(HttpMethod method) {
        return HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
    }

    /** The answer to a method that is not for files. */
    static ResponsePlan otherMethod(HttpRequest request) {
        HttpMethod method = request.method();
        if (HttpMethod.OPTIONS.equals(method)) {
            return options(request.uri());
        }
        return NOT_ALLOWED.contains(method)
                ? ResponsePlan.methodNotAllowed()
                : ResponsePlan.of(HttpResponseStatus.NOT_IMPLEMENTED);
    }

    /** The same for every target, whether it is there or not: no name is looked up for it. */
    private static ResponsePlan options(String target) {
        HttpResponseStatus rejection = target.equals(ASTERISK_FORM)
                ? null
                : RequestTarget.parse(target).rejection();
        return rejection == null ? ResponsePlan.options() : ResponsePlan.of(rejection);
    }

    /**
     * The answer to GET or HEAD of a file that is open.
     *
     * @param file as it is {@linkplain FileHead#at at} this time
     * @param nowMillis the time of the response in ms since the epoch
     */
    static ResponsePlan plan(
            HttpMethod method, HttpHeaders headers, FileHead file, RangePlanner ranges, long nowMillis) {
        switch (Preconditions.evaluate(headers, file, nowMillis)) {
            case FAILED:
                return ResponsePlan.of(HttpResponseStatus.PRECONDITION_FAILED).forMethod(method);
            case NOT_MODIFIED:
                return ResponsePlan.notModified(file);
            default:
                // Range is defined for GET alone and must be ignored with HEAD (RFC 9110 14.2).
                return HttpMethod.GET.equals(method)
                        ? ranges.plan(headers, file, nowMillis)
                        : file.whole().forMethod(method);
        }
    }
}
