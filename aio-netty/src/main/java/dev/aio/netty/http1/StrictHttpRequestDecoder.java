package dev.aio.netty.http1;

import static dev.aio.netty.http1.RefusedRequestException.badRequest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decodes requests of HTTP/1.0 and HTTP/1.1 and refuses all that RFC 9112 does not allow, or that another
 * recipient might take for something else. It takes the place of Netty's {@code HttpRequestDecoder}, with
 * or without a {@code HttpResponseEncoder} beside it:
 *
 * <pre>{@code
 * channel.pipeline().addLast(StrictHttpRequestDecoder.builder().build(), handler);
 * }</pre>
 *
 * <p>The next handler gets a {@link HttpRequest}, then {@link HttpContent}s whose bytes are slices of what
 * was received, then a {@link LastHttpContent}; it must release them. A request without a body comes as one object, a
 * {@link FullHttpRequest}, which is the first and the last of these. Where the target is in absolute-form,
 * {@code Host} has its authority, whatever was sent (RFC 9112 3.2.2); versions 1.2 to 1.9 show as 1.1.
 *
 * <p><b>Refusals.</b> A bad head arrives as a {@link FullHttpRequest} for {@code /bad-request}, a bad body
 * as a {@link LastHttpContent}; the {@code decoderResult()} of either has a {@link RefusedRequestException}
 * with the status to answer. Nothing more is decoded on that connection, and what still comes is
 * discarded: answer, shut the output down, and close when the client has closed or after a while, since
 * a close with unread bytes makes the client lose the answer.
 *
 * <p><b>Back-pressure.</b> While the channel does not read automatically, each {@code read()} lets one
 * request or one piece of a body through, also of what has already been received.
 *
 * <p><b>Time.</b> With {@link StrictHttpRequestDecoderBuilder#headTimeout}, a head that is not complete in time is
 * refused with 408, however steadily it trickles in; earlier requests are answered before. Time between requests, and
 * time in which nobody reads, does not count.
 *
 * <p>One for each channel. What to make of CONNECT and Upgrade is for the handlers behind it: when they remove
 * it, it hands on the bytes that it has not decoded. Not for responses, HTTP/0.9 and HTTP/2, whose preface is answered 505.
 */
public final class StrictHttpRequestDecoder extends ChannelDuplexHandler {

    private final Limits limits;
    private final long headNanos;
    private final Runnable onHeadTimeout;
    private final BodyReader body;
    private @Nullable ByteBuf input;
    private @Nullable HeadParser head; // while a head has come in part
    private @Nullable HeadTimer timer; // once one has
    private boolean emptyLineSkipped; // before this head; one is allowed
    private boolean refused; // nothing more is decoded
    private boolean decoding; // up the stack
    private boolean wanted; // a read() that nothing has been delivered for
    private boolean held; // there is input that nobody has asked for yet
    private boolean removed;
    private @Nullable Object inputEnd; // the event that says it, until all before it is decoded

    /** @param headNanos that a head may take; 0 for any time */
    StrictHttpRequestDecoder(Limits limits, long headNanos, Runnable onHeadTimeout) {
        this.limits = limits;
        this.headNanos = headNanos;
        this.onHeadTimeout = onHeadTimeout;
        body = new BodyReader(limits);
    }

    /** Options for a decoder; {@code builder().build()} for the defaults. */
    public static StrictHttpRequestDecoderBuilder builder() {
        return new StrictHttpRequestDecoderBuilder();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf)) {
            ctx.fireChannelRead(message);
            return;
        }
        ByteBuf received = (ByteBuf) message;
        if (refused || !received.isReadable()) {
            received.release();
            return;
        }
        input = input == null ? received : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), input, received);
        decode(ctx);
    }

    /** Not recursive: who asks for more from within gets it when this turn of the loop is over. */
    private void decode(ChannelHandlerContext ctx) {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            held = true;
            while (input != null && (wanted || isAutoRead(ctx))) {
                if (!step(ctx, input)) {
                    held = false;
                    break;
                }
            }
        } finally {
            decoding = false;
            if (input != null && !input.isReadable()) {
                releaseInput();
            }
            held &= input != null;
            if (removed) {
                handOn(ctx);
            } else if (inputEnd != null && !held) {
                endOfInput(ctx);
            } else if (head != null && headNanos > 0) {
                headTimer(ctx).begin();
            }
        }
    }

    private HeadTimer headTimer(ChannelHandlerContext ctx) {
        if (timer == null) {
            timer = new HeadTimer(ctx, headNanos, () -> headExpired(ctx));
        }
        return timer;
    }

    private void headExpired(ChannelHandlerContext ctx) {
        if (!wanted && !isAutoRead(ctx)) {
            headTimer(ctx).pause();
            return;
        }
        onHeadTimeout.run();
        refuse(ctx, new RefusedRequestException(HttpResponseStatus.REQUEST_TIMEOUT, "head took too long"));
        ctx.fireChannelReadComplete();
    }

    private static boolean isAutoRead(ChannelHandlerContext ctx) {
        return ctx.channel().config().isAutoRead();
    }

    /** Whether something was decoded, so that there may be more. */
    private boolean step(ChannelHandlerContext ctx, ByteBuf in) {
        if (!in.isReadable() || removed) {
            return false;
        }
        try {
            return body.isActive() ? content(ctx, in) : head(ctx, in);
        } catch (RefusedRequestException refusal) {
            refuse(ctx, refusal);
            return false;
        } catch (RuntimeException | Error e) {
            stop(); // where the next request begins is not known any more
            throw e;
        }
    }

    private boolean content(ChannelHandlerContext ctx, ByteBuf in) {
        HttpContent content = body.next(in);
        if (content == null) {
            return false;
        }
        deliver(ctx, content);
        return true;
    }

    private void deliver(ChannelHandlerContext ctx, Object message) {
        wanted = false;
        ctx.fireChannelRead(message);
    }

    private boolean head(ChannelHandlerContext ctx, ByteBuf in) {
        if (head == null) {
            if (!emptyLineSkipped && !skipEmptyLine(in)) {
                return false;
            }
            if (!in.isReadable()) {
                return false;
            }
            head = HeadParser.ofHead(limits);
        }
        int length = head.parse(in);
        if (length == HeadParser.INCOMPLETE) {
            return false;
        }
        HttpRequest request = request(head, length);
        in.skipBytes(length);
        head.recycle();
        head = null;
        if (timer != null) {
            timer.end();
        }
        emptyLineSkipped = false;
        deliver(ctx, request);
        return true;
    }

    /** One is allowed: old clients sent it behind a body, RFC 9112 2.2. Whether it is known what is there. */
    private boolean skipEmptyLine(ByteBuf in) {
        int start = in.readerIndex();
        if (in.getByte(start) == '\r') {
            if (in.readableBytes() == 1) {
                return false;
            }
            if (in.getByte(start + 1) != '\n') {
                throw badRequest("CR that ends no line");
            }
            in.skipBytes(2);
        }
        emptyLineSkipped = true;
        return true;
    }

    private HttpRequest request(HeadParser parsed, int length) {
        byte[] bytes = parsed.bytes();
        int minor = RequestForm.minorVersion(bytes, parsed.versionStart(), parsed.versionEnd());
        HttpMethod method = RequestForm.method(bytes, parsed.methodEnd());
        int target = parsed.targetStart();
        String authority = RequestForm.authority(method, bytes, target, parsed.targetEnd());
        Framing framing = Framing.of(parsed);
        framing.checkHost(minor);
        body.begin(framing.bodyLength(minor));
        String uri = new String(bytes, target, parsed.targetEnd() - target, StandardCharsets.ISO_8859_1);
        HttpVersion version = minor == 0 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        HttpHeaders fields = HeadFields.of(parsed, length);
        HttpRequest request = body.isActive()
                ? new DefaultHttpRequest(version, method, uri, fields)
                : new DefaultFullHttpRequest(
                        version, method, uri, Unpooled.EMPTY_BUFFER, fields, EmptyHttpHeaders.INSTANCE);
        if (authority != null && !authority.equalsIgnoreCase(request.headers().get(HttpHeaderNames.HOST))) {
            request.headers().set(HttpHeaderNames.HOST, authority);
        }
        return request;
    }

    private void refuse(ChannelHandlerContext ctx, RefusedRequestException refusal) {
        Object message;
        if (body.isActive()) {
            LastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, EmptyHttpHeaders.INSTANCE);
            end.setDecoderResult(DecoderResult.failure(refusal));
            message = end;
        } else {
            // an answer to HEAD has no body, whatever it says
            HttpMethod method = head != null && head.isOfHead() ? HttpMethod.HEAD : HttpMethod.GET;
            HttpRequest request =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_0, method, "/bad-request", Unpooled.EMPTY_BUFFER);
            request.setDecoderResult(DecoderResult.failure(refusal));
            message = request;
        }
        stop();
        deliver(ctx, message);
    }

    private void stop() {
        refused = true;
        body.end();
        if (head != null) {
            head.recycle();
            head = null;
        }
        if (timer != null) {
            timer.cancel();
        }
        releaseInput();
    }

    private void releaseInput() {
        if (input != null) {
            input.release();
            input = null;
        }
    }

    /** Delivers what is already here before the socket is asked for more. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        wanted = !isAutoRead(ctx);
        if (timer != null) {
            timer.resume();
        }
        if (decoding) {
            return;
        }
        if (held) {
            decode(ctx);
            ctx.fireChannelReadComplete();
            if (!wanted && !isAutoRead(ctx)) {
                return;
            }
        }
        ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (isAutoRead(ctx)) {
            return;
        }
        if (wanted) {
            ctx.read(); // what has come was not enough for a message
        } else if (timer != null) {
            timer.pause();
        }
    }

    /** Whoever acts on the end of input must have seen all requests before it. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnd = event;
            decode(ctx);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void endOfInput(ChannelHandlerContext ctx) {
        Object event = inputEnd;
        inputEnd = null;
        cutShort(ctx);
        ctx.fireUserEventTriggered(event);
    }

    private void cutShort(ChannelHandlerContext ctx) {
        if (body.isActive()) {
            refuse(ctx, badRequest("end of input in a body"));
        } else if (head != null && ctx.channel().isActive()) {
            refuse(ctx, badRequest("end of input in a head"));
        } else {
            stop();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cutShort(ctx);
        ctx.fireChannelInactive();
    }

    /** What was not decoded is for the protocol that follows, as with Netty's decoders. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        removed = true;
        if (!decoding) {
            handOn(ctx);
        }
    }

    private void handOn(ChannelHandlerContext ctx) {
        ByteBuf rest = input;
        input = null;
        stop();
        if (rest != null) {
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        }
    }
}
