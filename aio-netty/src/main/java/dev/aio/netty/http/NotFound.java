package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is answered where no file is found, or only a directory without an index. Called on the event loop of the
 * connection: must not block. What it throws is answered with 500 and goes on as an exception of the pipeline.
 */
@FunctionalInterface
public interface NotFound {

    /**
     * @param request a GET or HEAD; its head, not to be released or kept
     * @param name beneath the root, decoded, as {@link FileResolver#resolve} gets it
     */
    Answer answer(HttpRequest request, String name);

    /** What is answered instead. */
    final class Answer {

        private static final Answer USUAL = new Answer(null, HttpResponseStatus.NOT_FOUND, null);

        private final @Nullable String file;
        private final HttpResponseStatus status;
        private final @Nullable ResponsePlan plan;

        private Answer(@Nullable String file, HttpResponseStatus status, @Nullable ResponsePlan plan) {
            this.file = file;
            this.status = status;
            this.plan = plan;
        }

        /** What would be answered without a hook: the next handler's answer, if it is asked, or the status in words. */
        public static Answer usual() {
            return USUAL;
        }

        /**
         * A file beneath the root. With 200, as if it had been asked for, ranges and preconditions included: the one page
         * of an application that knows its own paths. With any other status as a page that tells of it.
         *
         * @param name beneath the root; if it is not there either, the usual answer is given
         * @param status 200, or 400 and above
         */
        public static Answer file(String name, HttpResponseStatus status) {
            if (status.code() != 200 && status.code() < 400) {
                throw new IllegalArgumentException("status: " + status + " (expected: 200, or 400 and above)");
            }
            return new Answer(Names.checked(name), status, null);
        }

        /**
         * A text.
         *
         * @param status 200, or 400 and above
         * @param mediaType of the text, such as {@code text/html; charset=utf-8}
         * @param text sent as UTF-8
         */
        public static Answer text(HttpResponseStatus status, String mediaType, String text) {
            if (status.code() != 200 && status.code() < 400) {
                throw new IllegalArgumentException("status: " + status + " (expected: 200, or 400 and above)");
            }
            HeaderField type = new HeaderField(FieldNames.CONTENT_TYPE, mediaType);
            return new Answer(
                    null, status, ResponsePlan.text(status, List.of(type), Objects.requireNonNull(text, "text")));
        }

        /**
         * Sends the client elsewhere.
         *
         * @param status 301, 302, 303, 307 or 308
         * @param location a URI reference, percent-encoded
         */
        public static Answer redirect(HttpResponseStatus status, String location) {
            switch (status.code()) {
                case 301, 302, 303, 307, 308:
                    return new Answer(null, status, ResponsePlan.redirect(status, location));
                default:
                    throw new IllegalArgumentException("status: " + status + " (expected: 301, 302, 303, 307 or 308)");
            }
        }

        @Nullable
        String fileName() {
            return file;
        }

        HttpResponseStatus status() {
            return status;
        }

        @Nullable
        ResponsePlan plan() {
            return plan;
        }
    }
}
