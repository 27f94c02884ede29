package dev.aio.bench.peer;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.DATE;
import static io.netty.handler.codec.http.HttpHeaderNames.ETAG;
import static io.netty.handler.codec.http.HttpHeaderNames.LAST_MODIFIED;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;

/** Answers GET with a file under a full header. What a header says of a file is kept for good. */
final class FileHandler extends ChannelInboundHandlerAdapter {

    /** All connections are one loop's. */
    private static final Map<String, Known> KNOWN = new HashMap<>();

    private static long second;
    private static String date = "";

    private final Path directory;
    private final FileBody body;

    FileHandler(Path directory, FileBody body) {
        this.directory = directory;
        this.body = body;
    }

    private record Known(Path file, long length, String tag, String modified) {
        static Known of(Path file) throws IOException {
            long length = Files.size(file);
            Instant modified = Files.getLastModifiedTime(file).toInstant();
            String tag = '"' + Long.toHexString(modified.toEpochMilli()) + '-' + Long.toHexString(length) + '"';
            return new Known(file, length, tag, format(modified));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        try {
            if (message instanceof HttpRequest request) {
                answer(ctx, request.uri());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answer(ChannelHandlerContext ctx, String uri) throws IOException {
        Known known = KNOWN.get(uri);
        if (known == null) {
            Path file = directory.resolve(uri.substring(1)).normalize();
            if (!file.startsWith(directory) || !Files.isRegularFile(file)) {
                notFound(ctx);
                return;
            }
            known = Known.of(file);
            KNOWN.put(uri, known);
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(DATE, now())
                .set(ETAG, known.tag())
                .set(LAST_MODIFIED, known.modified())
                .set(CONTENT_TYPE, uri.endsWith(".txt") ? "text/plain" : "application/octet-stream")
                .set(CONTENT_LENGTH, known.length());
        ctx.write(head, ctx.voidPromise());
        Object content = body.of(known.file(), known.length());
        ctx.write(content);
        if (content instanceof FileRegion) {
            ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, ctx.voidPromise());
        }
    }

    private static void notFound(ChannelHandlerContext ctx) {
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND);
        response.headers().set(CONTENT_LENGTH, 0);
        ctx.write(response);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    /** Formatted once a second. */
    private static String now() {
        long now = System.currentTimeMillis() / 1000;
        if (now != second) {
            second = now;
            date = format(Instant.ofEpochSecond(now));
        }
        return date;
    }

    private static String format(Instant instant) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
    }
}
