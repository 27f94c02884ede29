package dev.aio.netty.http1;

import static dev.aio.netty.http1.RefusedRequestException.badRequest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** The body of one request after another: as many bytes as announced, or chunks (RFC 9112 6, 7.1). */
final class BodyReader {

    private final Limits limits;
    private final ChunkLine line = new ChunkLine();
    private State state = State.NONE;
    private long remaining;
    private int extensions;
    private @Nullable HeadParser trailers;

    private enum State {
        NONE,
        FIXED,
        CHUNK_LINE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS
    }

    BodyReader(Limits limits) {
        this.limits = limits;
    }

    /** @param length as {@link Framing#bodyLength} says */
    void begin(long length) {
        remaining = length;
        extensions = 0;
        state = length == Framing.CHUNKED ? State.CHUNK_LINE : length == 0 ? State.NONE : State.FIXED;
    }

    /** Whether there is something to come. */
    boolean isActive() {
        return state != State.NONE;
    }

    void end() {
        state = State.NONE;
        if (trailers != null) {
            trailers.recycle();
            trailers = null;
        }
    }

    /**
     * What can be had now; its bytes are slices of the buffer, retained.
     *
     * @return null if more bytes must come first
     */
    @Nullable
    HttpContent next(ByteBuf in) {
        while (true) {
            switch (state) {
                case FIXED:
                    return fixed(in);
                case CHUNK_LINE:
                    if (!chunkLine(in)) {
                        return null;
                    }
                    break;
                case CHUNK_DATA:
                    return chunkData(in);
                case CHUNK_END:
                    if (!chunkEnd(in)) {
                        return null;
                    }
                    break;
                case TRAILERS:
                    return trailers(in);
                default:
                    throw new IllegalStateException("no body");
            }
        }
    }

    private @Nullable HttpContent fixed(ByteBuf in) {
        ByteBuf data = slice(in);
        if (data == null) {
            return null;
        }
        if (remaining > 0) {
            return new DefaultHttpContent(data);
        }
        state = State.NONE;
        return new DefaultLastHttpContent(data, EmptyHttpHeaders.INSTANCE);
    }

    private @Nullable HttpContent chunkData(ByteBuf in) {
        ByteBuf data = slice(in);
        if (data == null) {
            return null;
        }
        if (remaining == 0) {
            state = State.CHUNK_END;
        }
        return new DefaultHttpContent(data);
    }

    private @Nullable ByteBuf slice(ByteBuf in) {
        int length = (int) Math.min(remaining, in.readableBytes());
        if (length == 0) {
            return null;
        }
        remaining -= length;
        return in.readRetainedSlice(length);
    }

    private boolean chunkLine(ByteBuf in) {
        int length = line.parse(in, limits.chunkExtensions() - extensions);
        if (length == ChunkLine.INCOMPLETE) {
            return false;
        }
        in.skipBytes(length);
        extensions += line.extensionBytes();
        remaining = line.chunkSize();
        state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return true;
    }

    private boolean chunkEnd(ByteBuf in) {
        int readable = in.readableBytes();
        if (readable > 0 && in.getByte(in.readerIndex()) != '\r'
                || readable > 1 && in.getByte(in.readerIndex() + 1) != '\n') {
            throw badRequest("chunk data that CRLF does not follow");
        }
        if (readable < 2) {
            return false;
        }
        in.skipBytes(2);
        state = State.CHUNK_LINE;
        return true;
    }

    private @Nullable HttpContent trailers(ByteBuf in) {
        if (trailers == null) {
            trailers = HeadParser.ofTrailers(limits);
        }
        int length = trailers.parse(in);
        if (length == HeadParser.INCOMPLETE) {
            return null;
        }
        in.skipBytes(length);
        HttpContent last = LastHttpContent.EMPTY_LAST_CONTENT;
        if (trailers.fields() > 0) {
            Framing.checkTrailers(trailers);
            HttpHeaders fields = HeadFields.of(trailers, length);
            last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, fields);
        }
        end();
        return last;
    }
}
