package dev.aio.netty.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one exchange gathers for an {@link AccessLog}; used again for each. Confined to its loop. */
final class AccessRecord {

    private static final SocketAddress UNKNOWN = InetSocketAddress.createUnresolved("unknown", 0);

    private final AccessLog log;
    private final SocketAddress client;
    private final boolean stream;
    private @Nullable HttpRequest request; // null: there is nothing to tell
    private long receivedMillis;
    private long begunNanos;
    private int status;
    private long bodyBytes;

    AccessRecord(AccessLog log, Channel channel) {
        this.log = log;
        SocketAddress remote = channel.remoteAddress();
        if (remote == null || !(remote instanceof InetSocketAddress) && channel.parent() != null) {
            remote = channel.parent().remoteAddress(); // of a stream, that of its connection
        }
        client = Objects.requireNonNullElse(remote, UNKNOWN);
        stream = PipelineKind.isStream(channel);
    }

    void begin(HttpRequest received) {
        request = received;
        receivedMillis = System.currentTimeMillis();
        begunNanos = System.nanoTime();
        status = 0;
        bodyBytes = 0;
    }

    /** The answer as far as it is decided; the last one counts. */
    void answering(ResponsePlan plan) {
        status = plan.status().code();
        bodyBytes = plan.text() != null ? plan.contentLength() : plan.length();
    }

    /** Somebody else answers. */
    void forget() {
        request = null;
    }

    void end(boolean complete) {
        HttpRequest ended = request;
        if (ended == null) {
            return;
        }
        request = null;
        boolean understood = !ended.decoderResult().isFailure();
        HttpHeaders headers = ended.headers();
        log.answered(new AccessEntry(
                client,
                receivedMillis,
                System.nanoTime() - begunNanos,
                understood ? ended.method().name() : "",
                understood ? ended.uri() : "",
                understood ? protocol(ended) : "",
                status,
                bodyBytes,
                complete,
                understood ? headers.get(HttpHeaderNames.HOST) : null,
                understood ? headers.get(HttpHeaderNames.REFERER) : null,
                understood ? headers.get(HttpHeaderNames.USER_AGENT) : null));
    }

    /** The request of a stream of HTTP/2 is an object of HTTP/1.1, for want of another. */
    private String protocol(HttpRequest ended) {
        return stream ? "HTTP/2.0" : ended.protocolVersion().text();
    }
}
