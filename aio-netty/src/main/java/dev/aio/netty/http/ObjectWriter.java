package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import dev.aio.netty.OpenFile;
import dev.aio.netty.stream.FileTransfer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes responses as Netty's objects, for pipelines with an encoder of them: {@code HttpServerCodec}, compression in front
 * of it, or a stream of HTTP/2. The head leaves with the first bytes of the file, so that until then another
 * answer is possible. The last bytes say that they are the last: an end that followed them would be a frame of its own in
 * HTTP/2, and HAProxy 2.6 keeps what it has for 200 ms in case more comes.
 */
final class ObjectWriter implements ResponseWriter, FileTransfer.Listener {

    private final AioLoop loop;
    private final ChannelHandlerContext ctx;
    private final Listener listener;

    private @Nullable HttpResponse head; // until it is written
    private @Nullable OpenFile file; // of the response that is on its way
    private @Nullable MultipartRanges parts;
    private int begun; // of the parts
    private long toCome; // bytes of the only part

    ObjectWriter(AioLoop loop, ChannelHandlerContext ctx, Listener listener) {
        this.loop = loop;
        this.ctx = ctx;
        this.listener = listener;
    }

    @Override
    public ChannelFuture respond(ResponsePlan plan, Persistence persistence, boolean alone, long nowMillis) {
        String text = plan.text();
        ByteBuf content = text == null ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        HttpHeaders headers = headers(plan, persistence, nowMillis);
        return ctx.write(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, plan.status(), content, headers, EmptyHttpHeaders.INSTANCE));
    }

    private static HttpHeaders headers(ResponsePlan plan, Persistence persistence, long nowMillis) {
        // What is in them was checked when it was rendered.
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        ResponseHead.addTo(headers, plan, persistence, nowMillis);
        return headers;
    }

    @Override
    public void send(OpenFile toSend, ResponsePlan plan, Persistence persistence, boolean alone, long nowMillis) {
        file = toSend;
        parts = plan.parts();
        begun = 0;
        toCome = plan.length();
        head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, plan.status(), headers(plan, persistence, nowMillis));
        if (parts == null) {
            begin(plan.position(), plan.length());
        } else {
            beginPart();
        }
    }

    private void begin(long position, long length) {
        FileTransfer.start(ctx, loop, file, position, length, this::content, parts == null, this);
    }

    private Object content(ByteBuf window) {
        if (head != null) {
            ctx.write(head);
            head = null;
        }
        toCome -= window.readableBytes();
        return parts == null && toCome == 0 ? new DefaultLastHttpContent(window) : new DefaultHttpContent(window);
    }

    private void beginPart() {
        MultipartRanges.Part part = parts.parts().get(begun++);
        ctx.write(content(Unpooled.wrappedBuffer(part.head())));
        file.file().retain(); // the transfer's own
        begin(part.range().position(), part.range().length());
    }

    @Override
    public void transferred() {
        if (parts != null && begun < parts.parts().size()) {
            beginPart();
            return;
        }
        ChannelFuture last = null; // it has left
        if (parts != null) {
            last = ctx.write(new DefaultLastHttpContent(Unpooled.wrappedBuffer(parts.end())));
            file.release();
        }
        file = null;
        parts = null;
        listener.sent(last);
    }

    @Override
    public void transferFailed(Throwable cause, boolean started) {
        OpenFile failed = file;
        if (parts != null) {
            failed.release();
        }
        boolean any = head == null;
        head = null;
        file = null;
        parts = null;
        listener.sendFailed(failed, cause, any);
    }
}
