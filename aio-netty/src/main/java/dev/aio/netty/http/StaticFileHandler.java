package dev.aio.netty.http;

import dev.aio.core.AioDirectory;
import dev.aio.core.AioException;
import dev.aio.core.FileStat;
import dev.aio.netty.AioTransport;
import dev.aio.netty.OpenFile;
import dev.aio.netty.OpenFiles;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.file.Path;

/**
 * Serves the files beneath a directory: add it to a pipeline behind a {@link StrictHttpRequestDecoder}, or
 * a {@code HttpRequestDecoder} of Netty where leniency is wanted. It writes whole responses as bytes, so no
 * encoder is needed.
 *
 * <pre>{@code
 * AioTransport transport = AioTransport.of(group);
 * StaticFileHandler files = StaticFileHandler.builder(transport, Path.of("site")).build();
 * // in the channel initializer:
 * channel.pipeline().addLast(StrictHttpRequestDecoder.builder().build(), files);
 * }</pre>
 *
 * <p>One object serves any number of channels of the transport's group. Any thread may close it;
 * requests that are being answered go on.
 */
@Sharable
public final class StaticFileHandler extends ChannelInboundHandlerAdapter implements AutoCloseable {

    /**
     * User event that ends connections gracefully: idle ones at once, busy ones after the requests
     * that have arrived.
     */
    public static final Object DRAIN = new Object();

    private final AioTransport transport;
    private final AioDirectory root;
    private final OpenFiles files;
    private final MediaTypes mediaTypes = MediaTypes.load();
    private final String index;

    StaticFileHandler(StaticFileHandlerBuilder options) throws AioException {
        transport = options.transport;
        index = options.index;
        root = AioDirectory.open(options.root);
        files = new OpenFiles(transport, root, options.openFiles, options.trustFor);
    }

    public static StaticFileHandlerBuilder builder(AioTransport transport, Path root) {
        return new StaticFileHandlerBuilder(transport, root);
    }

    /** Puts a handler with this channel's state in its own place. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ChannelPipeline pipeline = ctx.pipeline();
        if (pipeline.get(HttpServerCodec.class) != null || pipeline.get(HttpResponseEncoder.class) != null) {
            // It would refuse our bytes, and the client would wait for them.
            throw new IllegalStateException("pipeline with an encoder of HTTP responses: "
                    + pipeline.names()
                    + " (expected: a HttpRequestDecoder and no encoder)");
        }
        ctx.pipeline().replace(this, null, new HttpConnection(this));
    }

    AioTransport transport() {
        return transport;
    }

    OpenFiles files() {
        return files;
    }

    String index() {
        return index;
    }

    /** The prepared head of an open file, rendered once per version. */
    FileHead head(OpenFile file, long nowMillis) {
        FileHead head = (FileHead) file.attachment();
        FileHead current = head == null
                ? FileHead.of(facts(file.file().stat()), mediaTypes.of(file.name()), nowMillis)
                : head.at(nowMillis);
        if (current != head) {
            file.attachment(current);
        }
        return current;
    }

    private static FileFacts facts(FileStat stat) {
        return new FileFacts(stat.size(), stat.modifiedNanos(), stat.inode());
    }

    /** Closes the root and the files that nobody reads. */
    @Override
    public void close() {
        files.close();
        root.close();
    }
}
