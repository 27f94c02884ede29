package dev.aio.netty.http;

import dev.aio.core.AioException;
import dev.aio.netty.AioTransport;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files beneath a directory: add it to a pipeline behind a {@link StrictHttpRequestDecoder}, or
 * a {@code HttpRequestDecoder} of Netty where leniency is wanted. It then writes whole responses as bytes, so no
 * encoder is needed; that is the fastest way.
 *
 * <p>Where there is an encoder, such as an {@code HttpServerCodec}, perhaps with an {@code HttpContentCompressor}
 * behind it, responses are written as Netty's objects. So they are to a stream of HTTP/2: add it to the
 * pipeline of the streams that an {@code Http2MultiplexHandler} makes.
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
    private final List<Mount> mounts;
    private final FileHeads heads;
    private final RangePlanner ranges;
    private final List<String> index;
    private final long trustNanos;
    private final boolean hiddenFiles;
    private final @Nullable AccessLog accessLog;
    private final AddedHeaders headers;
    private final @Nullable FileResolver resolver;
    private final @Nullable NotFound notFound;
    private final boolean fallThrough;
    private final BodyLimits bodyLimits;
    private final Runnable onSlowBody;
    private final boolean directWrites;
    private final int copyLimit;
    private final @Nullable String healthPath;
    private volatile boolean ending;

    StaticFileHandler(StaticFileHandlerBuilder options) throws AioException {
        transport = options.transport;
        index = options.index;
        heads = new FileHeads(options);
        trustNanos = options.trustFor.toNanos();
        ranges = new RangePlanner(options.maxRanges, MultipartRanges::randomBoundary);
        hiddenFiles = options.hiddenFiles;
        accessLog = options.accessLog;
        headers = new AddedHeaders(options.headers, options.moreHeaders);
        resolver = options.resolver;
        notFound = options.notFound;
        fallThrough = options.fallThrough;
        bodyLimits = options.bodyLimits;
        onSlowBody = options.onSlowBody;
        directWrites = options.directWrites;
        copyLimit = options.copyLimit;
        healthPath = options.healthPath;
        mounts = Mount.openAll(options);
    }

    /**
     * Options for a handler.
     *
     * @param transport of the group whose channels it is to serve; stays the caller's
     * @param root the directory to serve
     */
    public static StaticFileHandlerBuilder builder(AioTransport transport, Path root) {
        return new StaticFileHandlerBuilder(transport, root);
    }

    /** Puts a handler with this channel's state in its own place. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        PipelineKind kind = PipelineKind.of(ctx);
        kind.complete(ctx);
        ctx.pipeline().replace(this, null, new HttpConnection(this, kind));
    }

    /**
     * Says that the server is about to end, while it still answers: from now on the {@linkplain
     * StaticFileHandlerBuilder#healthPath health path} is told 503, and each connection of HTTP/1 ends behind the next
     * answer that no other request waits behind, which says so, so that clients and load balancers go elsewhere without losing a request. Any thread may
     * call it; there is no way back.
     */
    public void announceEnd() {
        ending = true;
    }

    /** Whether {@link #announceEnd} was called. */
    boolean isEnding() {
        return ending;
    }

    /** Whether somebody asks how the server is, not for a file. */
    boolean isHealthCheck(String target) {
        return healthPath != null && healthPath.equals(target);
    }

    /** How the server is. */
    ResponsePlan health() {
        return ending ? ResponsePlan.ENDING : ResponsePlan.HEALTHY;
    }

    AioTransport transport() {
        return transport;
    }

    /** The roots, that with the longest prefix first. */
    List<Mount> mounts() {
        return mounts;
    }

    /** The one that was given to {@link #builder}, or the one with the shortest prefix. */
    Mount mainMount() {
        return mounts.get(mounts.size() - 1);
    }

    /** What is said with every answer. */
    AddedHeaders headers() {
        return headers;
    }

    @Nullable
    FileResolver resolver() {
        return resolver;
    }

    /** Who is asked what to answer where there is nothing, if anybody. */
    @Nullable
    NotFound notFound() {
        return notFound;
    }

    /** Whether the next handler is asked for what is not here. */
    boolean fallsThrough() {
        return fallThrough;
    }

    BodyLimits bodyLimits() {
        return bodyLimits;
    }

    /** Names of the files that stand for their directory, in the order in which they are looked for. */
    List<String> index() {
        return index;
    }

    /** Whether names that begin with a dot are looked for. */
    boolean servesHiddenFiles() {
        return hiddenFiles;
    }

    /** Who is told of each answer, if anybody. */
    @Nullable
    AccessLog accessLog() {
        return accessLog;
    }

    RangePlanner ranges() {
        return ranges;
    }

    /** What is said of each file. */
    FileHeads heads() {
        return heads;
    }

    /** How long it is believed that a name leads to the same file, in ns. */
    long trustNanos() {
        return trustNanos;
    }

    /** Whether nobody between the socket and the handler has to see what is written. */
    boolean writesDirectly() {
        return directWrites;
    }

    /** Head and body together up to this many bytes are copied into one buffer. */
    int copyLimit() {
        return copyLimit;
    }

    /** To be run for each body that comes too slowly. */
    Runnable onSlowBody() {
        return onSlowBody;
    }

    /** Closes the roots and the files that nobody reads. */
    @Override
    public void close() {
        mounts.forEach(Mount::close);
    }
}
