package dev.aio.netty.http1;

import java.time.Duration;
import java.util.Objects;

/** Limits of a {@link StrictHttpRequestDecoder}. */
public final class StrictHttpRequestDecoderBuilder {

    private int requestLine = 8192;
    private int fieldLine = 8192;
    private int head = 32 * 1024;
    private int fields = 100;
    private int trailers = 8192;
    private int chunkExtensions = 4096;
    private Duration headTimeout = Duration.ZERO;
    private Runnable onHeadTimeout = () -> {};

    StrictHttpRequestDecoderBuilder() {}

    /** Bytes of a request line without its end; beyond it 414. Default 8192; RFC 9112 3 asks for 8000. */
    public StrictHttpRequestDecoderBuilder maxRequestLine(int bytes) {
        requestLine = positive("maxRequestLine", bytes);
        return this;
    }

    /** Bytes of one field line without its end; beyond it 431. Default 8192. */
    public StrictHttpRequestDecoderBuilder maxFieldLine(int bytes) {
        fieldLine = positive("maxFieldLine", bytes);
        return this;
    }

    /** Bytes of request line and header section with all line ends; beyond it 431. Default 32,768. */
    public StrictHttpRequestDecoderBuilder maxHead(int bytes) {
        head = positive("maxHead", bytes);
        return this;
    }

    /** Field lines of a header section, and of a trailer section; beyond it 431. Default 100. */
    public StrictHttpRequestDecoderBuilder maxFields(int lines) {
        fields = positive("maxFields", lines);
        return this;
    }

    /** Bytes of a trailer section with all line ends; beyond it 431. Default 8192. */
    public StrictHttpRequestDecoderBuilder maxTrailers(int bytes) {
        trailers = positive("maxTrailers", bytes);
        return this;
    }

    /**
     * Bytes of all chunk extensions of one request, their semicolons included; beyond it 400. 0 refuses
     * them. Default 4096.
     */
    public StrictHttpRequestDecoderBuilder maxChunkExtensions(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("maxChunkExtensions: " + bytes + " (expected: >= 0)");
        }
        chunkExtensions = bytes;
        return this;
    }

    /**
     * How long a head may take from its first byte to its last; beyond it 408. Zero, which is the default: any time.
     * A head that comes whole costs no timer.
     */
    public StrictHttpRequestDecoderBuilder headTimeout(Duration most) {
        if (most.isNegative()) {
            throw new IllegalArgumentException("headTimeout: " + most + " (expected: >= 0)");
        }
        headTimeout = most;
        return this;
    }

    /** Run on the channel's loop for each head that takes too long, before it is refused. Default: nothing. */
    public StrictHttpRequestDecoderBuilder onHeadTimeout(Runnable listener) {
        onHeadTimeout = Objects.requireNonNull(listener, "listener");
        return this;
    }

    private static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
        return value;
    }

    /** A decoder for one channel. May be called again for the next. */
    public StrictHttpRequestDecoder build() {
        return new StrictHttpRequestDecoder(
                new Limits(requestLine, fieldLine, head, fields, trailers, chunkExtensions),
                headTimeout.toNanos(),
                onHeadTimeout);
    }
}
