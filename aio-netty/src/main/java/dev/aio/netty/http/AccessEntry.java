package dev.aio.netty.http;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an answer when it has ended. The strings are the client's own: whoever writes them down has to
 * escape them.
 *
 * @param client the address at the other end of the connection
 * @param receivedMillis when the request's head was complete, in milliseconds since the epoch
 * @param nanos from then until the answer was handed to the socket (a large one: until the socket had all of it), or the
 *     connection broke
 * @param method as sent; empty if the request could not be understood
 * @param target the request's target as sent, likewise
 * @param protocol such as {@code HTTP/1.1}, likewise
 * @param status of the answer
 * @param bodyBytes bytes of the body that was to be sent
 * @param complete whether all of it was handed over
 * @param host the host that was asked, if any
 * @param referer the request's {@code Referer}, if any
 * @param userAgent the request's {@code User-Agent}, if any
 */
public record AccessEntry(
        SocketAddress client,
        long receivedMillis,
        long nanos,
        String method,
        String target,
        String protocol,
        int status,
        long bodyBytes,
        boolean complete,
        @Nullable String host,
        @Nullable String referer,
        @Nullable String userAgent) {}
