package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import dev.aio.netty.OpenFile;
import dev.aio.netty.http1.RefusedRequestException;
import dev.aio.netty.stream.ChangedFileException;
import dev.aio.netty.stream.TruncatedFileException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the plan for one request of a connection at a time: has the file found, asks the
 * planner, has the answer sent. Used again for the connection's next request. Confined to its loop.
 */
final class HttpExchange implements FileFinder.Listener, ResponseWriter.Listener {

    private final StaticFileHandler site;
    private final HttpConnection connection;
    private final ChannelHandlerContext ctx;
    private final FileFinder finder;
    private final ResponseWriter writer;

    private HttpRequest request;
    private RequestTarget target;
    private Persistence persistence;
    private boolean lookedAgain;
    private final @Nullable AccessRecord record; // null: nobody wants to know

    HttpExchange(
            StaticFileHandler site,
            AioLoop loop,
            PipelineKind kind,
            HttpConnection connection,
            ChannelHandlerContext ctx) {
        this.site = site;
        this.connection = connection;
        this.ctx = ctx;
        record = site.accessLog() == null ? null : new AccessRecord(site.accessLog(), ctx.channel());
        finder = new FileFinder(site, loop, this);
        writer = kind == PipelineKind.BYTES
                ? new FileSender(site.transport(), loop, ctx, this)
                : new ObjectWriter(loop, ctx, this);
    }

    /** Ends with a call of {@link HttpConnection#answered} or {@link HttpConnection#broken}. */
    void answer(HttpRequest next) {
        request = next;
        lookedAgain = false;
        if (record != null) {
            record.begin(next);
        }
        if (next.decoderResult().isFailure()) {
            persistence = Persistence.CLOSE;
            respond(ResponsePlan.of(statusOf(next.decoderResult().cause())));
            return;
        }
        persistence = Persistence.of(next.protocolVersion(), next.headers());
        if (connection.isLast() || next.headers().contains(HttpHeaderNames.EXPECT)) {
            // With Expect nobody knows whether a body will follow our final answer.
            persistence = Persistence.CLOSE;
        }
        ResponsePlan known = ResponsePlanner.withoutFile(next);
        if (known != null) {
            respond(known);
            return;
        }
        target = RequestTarget.parse(next.uri());
        HttpResponseStatus rejection = target.rejection();
        if (rejection != null) {
            respond(ResponsePlan.of(rejection));
        } else if (target.isHidden() && !site.servesHiddenFiles()) {
            respond(ResponsePlan.of(HttpResponseStatus.NOT_FOUND));
        } else {
            finder.find(target, next.headers());
        }
    }

    private static HttpResponseStatus statusOf(Throwable decoderFailure) {
        if (decoderFailure instanceof RefusedRequestException) {
            return ((RefusedRequestException) decoderFailure).status();
        }
        if (decoderFailure instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        if (decoderFailure instanceof TooLongHttpHeaderException) {
            return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        return HttpResponseStatus.BAD_REQUEST;
    }

    @Override
    public void found(OpenFile file, FileHead head, long nowMillis) {
        if (!ctx.channel().isActive()) {
            file.release();
            broken();
            return;
        }
        ResponsePlan plan = ResponsePlanner.plan(request.method(), request.headers(), head, site.ranges(), nowMillis);
        if (plan.length() == 0) {
            file.release();
            respond(plan);
        } else {
            note(plan);
            writer.send(file, plan, persistence, nowMillis);
        }
    }

    @Override
    public void notFound(ResponsePlan answer) {
        respond(answer);
    }

    @Override
    public void findingFailed(RuntimeException cause) {
        ctx.fireExceptionCaught(cause); // whoever gave us what has thrown wants to know
        respond(ResponsePlan.of(HttpResponseStatus.INTERNAL_SERVER_ERROR));
    }

    /** An answer without bytes of a file. */
    private void respond(ResponsePlan answer) {
        ResponsePlan plan = answer.forMethod(request.method());
        Persistence after = persistence.after(plan);
        note(plan);
        writer.respond(plan, after, System.currentTimeMillis());
        done(after);
    }

    @Override
    public void sent() {
        done(persistence);
    }

    @Override
    public void sendFailed(OpenFile file, Throwable cause, boolean started) {
        boolean changed = cause instanceof ChangedFileException || cause instanceof TruncatedFileException;
        if (changed) {
            site.files().doubt(file);
        }
        if (started || !ctx.channel().isActive()) {
            broken();
        } else if (changed && !lookedAgain) {
            lookedAgain = true; // it was trusted for too long: the answer is of what it is now
            finder.find(target, request.headers());
        } else {
            respond(ResponsePlan.of(FailureStatus.of(cause)));
        }
    }

    private void note(ResponsePlan plan) {
        if (record != null) {
            record.answering(plan);
        }
    }

    private void broken() {
        if (record != null) {
            record.end(false);
        }
        connection.broken();
    }

    private void done(Persistence after) {
        if (record != null) {
            record.end(true);
        }
        request = null;
        target = null;
        connection.answered(after);
    }
}
