package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Adds fields to the head of each answer of the handler, those that tell of errors included. Called on the event loop of
 * the connection: must not block. What it throws is answered with 500 and goes on as an exception of the pipeline.
 */
@FunctionalInterface
public interface ResponseHeaders {

    /** Takes fields. */
    @FunctionalInterface
    interface Fields {

        /**
         * Adds a field line; a name may come more than once.
         *
         * @param name a token, such as {@code Content-Security-Policy}
         * @param value visible ASCII and blanks
         * @throws IllegalArgumentException if it cannot be a field, or is one that the handler sets itself, such as
         *     Content-Length or ETag
         */
        void add(String name, String value);
    }

    /**
     * @param request its head; not to be released or kept. Of a request that could not be understood,
     *     {@code decoderResult()} says so
     * @param status of the answer
     * @param fields takes what is to be added; of no use afterwards
     */
    void addTo(HttpRequest request, HttpResponseStatus status, Fields fields);
}
