package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import dev.aio.netty.OpenFile;
import dev.aio.netty.http1.RefusedRequestException;
import dev.aio.netty.stream.ChangedFileException;
import dev.aio.netty.stream.TruncatedFileException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the plan for one request of a connection at a time: has the file found, asks the
 * planner, has the answer sent. Used again for the connection's next request. Confined to its loop.
 */
final class HttpExchange implements FileSearch.Listener, ResponseWriter.Listener {

    private final StaticFileHandler site;
    private final HttpConnection connection;
    private final ChannelHandlerContext ctx;
    private final FileSearch search;
    private final ResponseWriter writer;
    private final @Nullable AccessRecord record; // null: nobody wants to know

    private IncomingRequest incoming;
    private HttpRequest request;
    private Persistence persistence;
    private boolean lookedAgain;
    private boolean passedOn;
    private @Nullable RuntimeException hookFailure; // to be reported behind the answer

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
        search = new FileSearch(site, loop, this);
        writer = kind == PipelineKind.BYTES ? new FileSender(site, loop, ctx, this) : new ObjectWriter(loop, ctx, this);
    }

    /**
     * Ends with a call of {@link HttpConnection#answered(IncomingRequest, Persistence, ChannelFuture)} or {@link HttpConnection#broken}, or goes on behind {@link
     * HttpConnection#passOn}.
     */
    void answer(IncomingRequest next) {
        incoming = next;
        request = next.head();
        lookedAgain = false;
        passedOn = false;
        if (record != null) {
            record.begin(request);
        }
        if (next.refusal() == null && request.decoderResult().isFailure()) {
            next.refuse(statusOf(request.decoderResult().cause()));
        }
        if (next.refusal() != null) {
            respondRefusal();
            return;
        }
        persistence = incoming.persistence();
        if (connection.isLast()) {
            persistence = Persistence.CLOSE;
        }
        decide();
    }

    private void decide() {
        boolean forFile = ResponsePlanner.asksForFile(request.method());
        ResponsePlan refusal = ResponsePlanner.refusal(request);
        if (refusal != null) {
            respond(refusal);
        } else if (forFile && site.isHealthCheck(request.uri())) {
            respond(site.health());
        } else if (connection.hasNext()) {
            if (forFile) {
                search.begin(request);
            } else {
                passOn();
            }
        } else if (isTooLarge()) {
            respond(ResponsePlan.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE));
        } else if (forFile) {
            search.begin(request);
        } else {
            respond(ResponsePlanner.otherMethod(request));
        }
    }

    private boolean isTooLarge() {
        return incoming.announcedBytes() > site.bodyLimits().maxBytes();
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
    public void found(OpenFile file, FileHead head, @Nullable HttpResponseStatus pageStatus, long nowMillis) {
        if (!ctx.channel().isActive()) {
            file.release();
            broken();
            return;
        }
        if (incoming.refusal() != null) {
            file.release();
            respondRefusal();
            return;
        }
        ResponsePlan plan = withHeaders(planFor(head, pageStatus, nowMillis));
        if (plan.length() == 0) {
            file.release();
            write(plan);
        } else {
            begin(plan);
            connection.takeOver(incoming);
            writer.send(file, plan, persistence, connection.isAlone(), nowMillis);
        }
    }

    /** The answer's head is decided. */
    private void begin(ResponsePlan plan) {
        if (incoming.expectation() != Expectation.NONE && !incoming.isComplete()) {
            persistence = Persistence.CLOSE; // nobody knows whether a body will follow our final answer
        }
        persistence = persistence.after(plan);
        incoming.answered();
        note(plan);
    }

    private ResponsePlan planFor(FileHead head, @Nullable HttpResponseStatus pageStatus, long nowMillis) {
        if (isTooLarge()) {
            return ResponsePlan.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        }
        return pageStatus != null
                ? ResponsePlan.page(pageStatus, head).forMethod(request.method())
                : ResponsePlanner.plan(request.method(), request.headers(), head, site.ranges(), nowMillis);
    }

    @Override
    public void decided(ResponsePlan answer) {
        respond(answer);
    }

    @Override
    public void nothingHere(ResponsePlan usual) {
        // what was ours a moment ago has given its body back
        if (connection.hasNext() && !incoming.isOurs() && incoming.refusal() == null) {
            passOn();
        } else {
            respond(usual);
        }
    }

    private void passOn() {
        if (record != null) {
            record.forget();
        }
        try {
            connection.expectNext(incoming, persistence);
        } catch (RuntimeException e) { // also that we are in no pipeline any more
            searchFailed(e);
            return;
        }
        passedOn = true;
        connection.passOn(incoming);
    }

    /** Whether the next handler is the one who answers. */
    boolean isPassedOn() {
        return passedOn;
    }

    @Override
    public void searchFailed(RuntimeException cause) {
        hookFailure = cause;
        respond(ResponsePlan.of(HttpResponseStatus.INTERNAL_SERVER_ERROR));
    }

    /** What is said instead of an answer, whatever was asked for. */
    private void respondRefusal() {
        persistence = Persistence.CLOSE;
        write(withHeaders(ResponsePlan.of(incoming.refusal())));
    }

    /** An answer without bytes of a file. */
    private void respond(ResponsePlan answer) {
        if (incoming.refusal() != null) {
            respondRefusal();
        } else {
            write(withHeaders(answer));
        }
    }

    /** The plan with what users add; if that fails, another one that says so. */
    private ResponsePlan withHeaders(ResponsePlan plan) {
        try {
            return site.headers().addTo(plan, request);
        } catch (RuntimeException e) {
            hookFailure = e;
            return ResponsePlan.of(HttpResponseStatus.INTERNAL_SERVER_ERROR)
                    .with(site.headers().always());
        }
    }

    private void write(ResponsePlan answer) {
        ResponsePlan plan = answer.forMethod(request.method());
        begin(plan);
        ChannelFuture last = writer.respond(plan, persistence, connection.isAlone(), System.currentTimeMillis());
        RuntimeException failure = hookFailure;
        hookFailure = null;
        done(last);
        if (failure != null) {
            connection.flushNow(); // many close on what they catch
            ctx.fireExceptionCaught(failure); // whoever gave us what has thrown wants to know
        }
    }

    @Override
    public void sent(@Nullable ChannelFuture last) {
        done(last);
    }

    @Override
    public void sendFailed(OpenFile file, Throwable cause, boolean started) {
        boolean changed = cause instanceof ChangedFileException || cause instanceof TruncatedFileException;
        if (changed) {
            search.doubt(file);
        }
        if (started || !ctx.channel().isActive()) {
            broken();
        } else if (changed && !lookedAgain) {
            lookedAgain = true; // it was trusted for too long: the answer is of what it is now
            search.again();
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
        abandon();
        connection.broken();
    }

    /** Gives back what is held for a request that will have no answer of ours. */
    void abandon() {
        if (incoming != null) {
            incoming.release();
        }
    }

    private void done(@Nullable ChannelFuture last) {
        if (record != null) {
            record.end(true);
        }
        IncomingRequest done = incoming;
        incoming.release();
        incoming = null;
        request = null;
        connection.answered(done, persistence, last);
    }
}
