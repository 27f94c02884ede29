package dev.aio.netty.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered with: a part of a file, or a small text. Immutable; {@link
 * ResponseHead} renders it, the handler sends the bytes of the file that follow.
 */
final class ResponsePlan {

    /** For statuses that have no content and therefore no Content-Length. */
    static final long NO_LENGTH = -1;

    /** Overload passes: a client that waits this many seconds finds others served meanwhile. */
    private static final HeaderField RETRY_AFTER = new HeaderField(FieldNames.RETRY_AFTER, "1");

    private static final HeaderField ALLOW =
            new HeaderField(FieldNames.ALLOW, HttpMethod.GET + ", " + HttpMethod.HEAD + ", " + HttpMethod.OPTIONS);

    private static final List<HeaderField> NOT_STORED = List.of(new HeaderField(FieldNames.CACHE_CONTROL, "no-store"));

    /** What a health check is told while requests are welcome. */
    static final ResponsePlan HEALTHY = text(HttpResponseStatus.OK, NOT_STORED, "ok\n");

    /** And when they had better go elsewhere. */
    static final ResponsePlan ENDING = text(HttpResponseStatus.SERVICE_UNAVAILABLE, NOT_STORED, "ending\n");

    private final HttpResponseStatus status;
    private final List<HeaderField> fields;
    private final @Nullable FileHead file;
    private final @Nullable String text;
    private final @Nullable MultipartRanges parts;
    private final long position;
    private final long contentLength;
    private final boolean sendsContent;

    private ResponsePlan(
            HttpResponseStatus status,
            List<HeaderField> fields,
            @Nullable FileHead file,
            @Nullable String text,
            @Nullable MultipartRanges parts,
            long position,
            long contentLength,
            boolean sendsContent) {
        this.status = status;
        this.fields = fields;
        this.file = file;
        this.text = text;
        this.parts = parts;
        this.position = position;
        this.contentLength = contentLength;
        this.sendsContent = sendsContent;
    }

    static ResponsePlan whole(FileHead file) {
        return new ResponsePlan(
                HttpResponseStatus.OK,
                List.of(),
                file,
                null,
                null,
                0,
                file.facts().size(),
                true);
    }

    static ResponsePlan part(FileHead file, ByteRange range) {
        return new ResponsePlan(
                HttpResponseStatus.PARTIAL_CONTENT,
                List.of(contentRange(range.contentRange(file.facts().size()))),
                file,
                null,
                null,
                range.position(),
                range.length(),
                true);
    }

    /** Several parts of the file, in one message (RFC 9110 15.3.7.2). */
    static ResponsePlan parts(FileHead file, MultipartRanges parts) {
        HeaderField type = new HeaderField(FieldNames.CONTENT_TYPE, parts.contentType());
        return new ResponsePlan(
                HttpResponseStatus.PARTIAL_CONTENT, List.of(type), file, null, parts, 0, parts.length(), true);
    }

    static ResponsePlan notModified(FileHead file) {
        return new ResponsePlan(HttpResponseStatus.NOT_MODIFIED, List.of(), file, null, null, 0, NO_LENGTH, false);
    }

    static ResponsePlan rangeNotSatisfiable(long size) {
        return text(
                HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, List.of(contentRange(ByteRange.unsatisfied(size))));
    }

    /**
     * @param location a URI reference, percent-encoded
     */
    static ResponsePlan redirect(String location) {
        return redirect(HttpResponseStatus.MOVED_PERMANENTLY, location);
    }

    static ResponsePlan redirect(HttpResponseStatus status, String location) {
        return text(status, List.of(new HeaderField(FieldNames.LOCATION, location)));
    }

    static ResponsePlan methodNotAllowed() {
        return text(HttpResponseStatus.METHOD_NOT_ALLOWED, List.of(ALLOW));
    }

    /** What can be asked of any resource here, and of the server as a whole (RFC 9110 9.3.7). */
    static ResponsePlan options() {
        return new ResponsePlan(HttpResponseStatus.OK, List.of(ALLOW), null, null, null, 0, 0, false);
    }

    /** An answer that says its status and nothing else, such as 404. */
    static ResponsePlan of(HttpResponseStatus status) {
        return text(status, status.code() == 503 ? List.of(RETRY_AFTER) : List.of());
    }

    /**
     * An answer that somebody else has written.
     *
     * @param fields Content-Type among them, if it is not plain text
     * @param text sent as UTF-8
     */
    static ResponsePlan text(HttpResponseStatus status, List<HeaderField> fields, String text) {
        return new ResponsePlan(status, fields, null, text, null, 0, ByteBufUtil.utf8Bytes(text), true);
    }

    private static ResponsePlan text(HttpResponseStatus status, List<HeaderField> fields) {
        return text(status, fields, status + "\n");
    }

    /** The whole file as a page that goes with a status; it is no representation of what was asked for. */
    static ResponsePlan page(HttpResponseStatus status, FileHead file) {
        return new ResponsePlan(
                status, List.of(), file, null, null, 0, file.facts().size(), true);
    }

    /** The same with more fields, behind those that it has. */
    ResponsePlan with(List<HeaderField> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<HeaderField> all = new ArrayList<>(fields);
        all.addAll(more);
        return new ResponsePlan(status, all, file, text, parts, position, contentLength, sendsContent);
    }

    private static HeaderField contentRange(String value) {
        return new HeaderField(FieldNames.CONTENT_RANGE, value);
    }

    /** The answer to HEAD has the head of the answer to GET and no content (RFC 9110 9.3.2). */
    ResponsePlan forMethod(HttpMethod method) {
        return sendsContent && HttpMethod.HEAD.equals(method)
                ? new ResponsePlan(status, fields, file, text, parts, position, contentLength, false)
                : this;
    }

    /**
     * Whether the connection must end here, since nobody knows where the next request begins or
     * whether its sender can be understood.
     */
    boolean mustClose() {
        switch (status.code()) {
            case 400:
            case 408:
            case 413:
            case 414:
            case 431:
            case 505:
                return true;
            default:
                return false;
        }
    }

    HttpResponseStatus status() {
        return status;
    }

    /** Fields of this answer alone, besides those of the file. */
    List<HeaderField> fields() {
        return fields;
    }

    /** The file that is answered with, or null if the answer is a text. */
    @Nullable
    FileHead file() {
        return file;
    }

    /** Whether this is {@link FileHead#whole} of its file, nothing added. */
    boolean isWholeAsPlanned() {
        return file != null && file.whole() == this;
    }

    /** Whether the content is a text, even if it is not sent because the request was HEAD. */
    boolean isText() {
        return text != null;
    }

    /** Whether the content is a text whose type nobody has named. */
    boolean isPlainText() {
        if (text == null) {
            return false;
        }
        for (HeaderField field : fields) {
            if (field.name() == FieldNames.CONTENT_TYPE) {
                return false;
            }
        }
        return true;
    }

    /** Whether the file is the answer to what was asked for, not a page that says why there is none. */
    boolean isRepresentation() {
        return status.code() < 400;
    }

    /** The text to send behind the head, or null if there is none to send. */
    @Nullable
    String text() {
        return sendsContent ? text : null;
    }

    /** Value of Content-Length, the same for HEAD as for GET, or {@link #NO_LENGTH}. */
    long contentLength() {
        return contentLength;
    }

    /** The parts that the content is made of, or null if it is one piece. */
    @Nullable
    MultipartRanges parts() {
        return parts;
    }

    /** Where the bytes of the file to be sent begin, if they are one piece. */
    long position() {
        return position;
    }

    /** Bytes of content that come from the file, what is around parts included; 0 if none. */
    long length() {
        return sendsContent && file != null ? contentLength : 0;
    }
}
