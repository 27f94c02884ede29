package dev.aio.netty.http;

import dev.aio.core.AioException;
import dev.aio.core.FileStat;
import dev.aio.core.internal.Linux;
import dev.aio.netty.AioLoop;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.OpenFile;
import dev.aio.netty.OpenListener;
import dev.aio.netty.ResidentRead;
import dev.aio.netty.Rung;
import dev.aio.netty.http1.RefusedRequestException;
import dev.aio.netty.stream.ChangedFileException;
import dev.aio.netty.stream.FileTransfer;
import dev.aio.netty.stream.TruncatedFileException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Carries out the plan for one request of a connection at a time: finds the file, asks the planner,
 * sends head and bytes. Used again for the connection's next request. Confined to its loop.
 */
final class HttpExchange implements OpenListener, FileTransfer.Listener {

    /** Head and body up to this many bytes are read into one buffer and leave in one write. */
    private static final int COPY_LIMIT = 64 * 1024;

    private final StaticFileHandler site;
    private final AioLoop loop;
    private final HttpConnection connection;
    private final ChannelHandlerContext ctx;
    private final DateHeader date = new DateHeader();

    private HttpRequest request;
    private RequestTarget target;
    private Persistence persistence;
    private Looking looking;
    private OpenFile sent; // the file whose bytes are on their way, to be told if it is another by now
    private boolean lookedAgain;

    /** What the name that is being opened was asked for. */
    private enum Looking {
        FOR_FILE,
        FOR_INDEX,
        FOR_DIRECTORY
    }

    HttpExchange(StaticFileHandler site, AioLoop loop, HttpConnection connection, ChannelHandlerContext ctx) {
        this.site = site;
        this.loop = loop;
        this.connection = connection;
        this.ctx = ctx;
    }

    /** Ends with a call of {@link HttpConnection#answered} or {@link HttpConnection#broken}. */
    void answer(HttpRequest next) {
        request = next;
        lookedAgain = false;
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
        ResponsePlan refusal = ResponsePlanner.refuse(next);
        if (refusal != null) {
            respond(refusal);
            return;
        }
        target = RequestTarget.parse(next.uri());
        HttpResponseStatus rejection = target.rejection();
        if (rejection != null) {
            respond(ResponsePlan.of(rejection));
        } else if (target.isDirectory()) {
            look(Looking.FOR_INDEX, target.resolve(site.index()));
        } else {
            look(Looking.FOR_FILE, target.path());
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

    private void look(Looking what, String name) {
        looking = what;
        OpenFile open = site.files().fresh(name, System.nanoTime());
        if (open != null) {
            opened(open);
        } else {
            site.files().open(loop, name, this);
        }
    }

    @Override
    public void opened(OpenFile file) {
        if (!ctx.channel().isActive()) {
            file.release();
            connection.broken();
            return;
        }
        if (looking == Looking.FOR_DIRECTORY) {
            file.release();
            respond(ResponsePlan.of(HttpResponseStatus.NOT_FOUND)); // a file, asked for with a slash
            return;
        }
        long now = System.currentTimeMillis();
        FileHead head = site.head(file, now);
        ResponsePlan plan = ResponsePlanner.plan(request.method(), request.headers(), head, now);
        if (plan.length() == 0) {
            file.release();
            respond(plan);
        } else {
            send(file, plan, now);
        }
    }

    @Override
    public void notRegular(FileStat stat) {
        if (stat.isDirectory() && looking == Looking.FOR_FILE) {
            respond(ResponsePlan.redirect(target.directoryLocation()));
        } else {
            // A directory without index, or something that must not be opened, like a FIFO.
            respond(ResponsePlan.of(HttpResponseStatus.FORBIDDEN));
        }
    }

    @Override
    public void failed(Throwable cause) {
        HttpResponseStatus status = statusOfFailure(cause);
        if (status == HttpResponseStatus.NOT_FOUND && looking == Looking.FOR_INDEX) {
            look(Looking.FOR_DIRECTORY, target.path());
        } else {
            respond(ResponsePlan.of(status));
        }
    }

    private static HttpResponseStatus statusOfFailure(Throwable cause) {
        if (cause instanceof RejectedExecutionException) {
            return HttpResponseStatus.SERVICE_UNAVAILABLE;
        }
        if (!(cause instanceof AioException)) {
            return HttpResponseStatus.INTERNAL_SERVER_ERROR;
        }
        switch (((AioException) cause).errno()) {
            case Linux.ENOENT:
            case Linux.ENOTDIR:
            case Linux.ENAMETOOLONG:
                return HttpResponseStatus.NOT_FOUND;
            case Linux.EACCES:
            case Linux.EPERM:
            case Linux.EXDEV:
            case Linux.ELOOP:
                return HttpResponseStatus.FORBIDDEN;
            case Linux.EMFILE:
            case Linux.ENFILE:
            case Linux.ENOMEM:
            case Linux.EAGAIN:
            case Linux.ETIMEDOUT:
                return HttpResponseStatus.SERVICE_UNAVAILABLE;
            default:
                return HttpResponseStatus.INTERNAL_SERVER_ERROR;
        }
    }

    /** An answer without bytes of a file. */
    private void respond(ResponsePlan answer) {
        ResponsePlan plan = answer.forMethod(request.method());
        Persistence after = persistence.after(plan);
        ByteBuf out = allocate(ResponseHead.maxLength(plan));
        ResponseHead.write(out, plan, after, date, System.currentTimeMillis());
        ctx.write(out);
        done(after);
    }

    private ByteBuf allocate(int length) {
        ByteBuf buffer = site.transport().pool().tryAllocate(length);
        return buffer != null ? buffer : ctx.alloc().directBuffer(length);
    }

    private void send(OpenFile file, ResponsePlan plan, long now) {
        int headLength = ResponseHead.maxLength(plan);
        boolean small = headLength + plan.length() <= COPY_LIMIT;
        boolean cold = small && isFoundCold(file, plan);
        boolean together = small && !cold && ResidentRead.mayAsk(file.file());
        ByteBuf out = allocate(together ? headLength + (int) plan.length() : headLength);
        ResponseHead.write(out, plan, persistence, date, now);
        if (together && AlignedByteBuf.isAligned(out)) {
            if (readBehind(out, file, plan)) {
                file.release();
                ctx.write(out);
                done(persistence);
                return;
            }
            cold = true;
        }
        sent = file;
        FileTransfer.start(ctx, loop, file, out, plan.position(), plan.length(), !cold, this);
    }

    /** A small body that was not in memory last time is asked for first: a declined read is dear. */
    private static boolean isFoundCold(OpenFile file, ResponsePlan plan) {
        return file.isKnownCold()
                && ResidentRead.mayAsk(file.file())
                && !file.file().isResident(plan.position(), plan.length());
    }

    private boolean readBehind(ByteBuf out, OpenFile file, ResponsePlan plan) {
        AlignedByteBuf buffer = AlignedByteBuf.unwrap(out);
        int length = (int) plan.length();
        int read = file.file()
                .readResident(plan.position(), buffer.memory(), buffer.memoryOffset() + out.writerIndex(), length);
        boolean whole = read == length;
        file.knownCold(!whole);
        if (whole) {
            out.writerIndex(out.writerIndex() + read);
            site.transport().counters().add(Rung.NOWAIT_READ, read);
        } else {
            site.transport().counters().add(Rung.NOWAIT_DECLINED);
        }
        return whole;
    }

    @Override
    public void transferred() {
        sent = null;
        done(persistence);
    }

    @Override
    public void transferFailed(Throwable cause, boolean started) {
        boolean changed = cause instanceof ChangedFileException || cause instanceof TruncatedFileException;
        String name = sent.name();
        if (changed) {
            site.files().doubt(sent);
        }
        sent = null;
        if (started || !ctx.channel().isActive()) {
            connection.broken();
        } else if (changed && !lookedAgain) {
            lookedAgain = true; // it was trusted for too long: the answer is of what it is now
            look(looking, name);
        } else {
            respond(ResponsePlan.of(statusOfFailure(cause)));
        }
    }

    private void done(Persistence after) {
        request = null;
        target = null;
        connection.answered(after);
    }
}
