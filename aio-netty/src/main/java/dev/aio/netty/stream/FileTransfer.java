package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.netty.AioLoop;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.Misses;
import dev.aio.netty.OpenFile;
import dev.aio.netty.Rung;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends a range of a file, behind a head, to a channel: resident windows by sendfile where the
 * channel can take it, all others as buffers that were read ahead. Confined to the channel's loop.
 *
 * <p>The version of the file is looked at before the first and before the last window leaves: a file
 * that was written to in place ends the transfer. What sendfile has given to the socket is not looked at again,
 * and changes with the file: files that are known to be rewritten go out as buffers.
 *
 * <p>Takes over a reference to the file and the head, and gives both back before it calls its
 * listener.
 */
public final class FileTransfer implements GenericFutureListener<Future<Void>> {

    /** Bytes that one sendfile may send: bounds what can slip through a residency check. */
    public static final int SENDFILE_WINDOW = 512 * 1024;

    /** Told once how a transfer ended, on the loop. */
    public interface Listener {

        /** All bytes were accepted by the socket. */
        void transferred();

        /**
         * @param cause a {@link TruncatedFileException} or {@link ChangedFileException} if the file is not
         *     what it was
         * @param started whether a part of the head or the body has left: then only closing the
         *     connection tells the client
         */
        void transferFailed(Throwable cause, boolean started);
    }

    private final ChannelHandlerContext ctx;
    private final AioLoop loop;
    private final AioFile file;
    private final @Nullable OpenFile cached; // null: not one that is asked for by name
    private final Misses misses;
    private final @Nullable Function<ByteBuf, ?> wrapper; // null: windows are written as they are
    private final boolean buffersOnly;
    private boolean mayRefuse; // it is the first of what the client is told
    private final WindowPolicy policy;
    private final Listener listener;
    private final long end;
    private FileVersion version;
    private long position;
    private @Nullable ByteBuf head; // null once sent
    private boolean started;
    private @Nullable FileWindowRegion region; // the window that the channel has, while in sendfile mode
    private @Nullable WindowReader reader; // not null: in buffer mode, to the end of the transfer
    private boolean declined; // a window was not resident: what follows is read, not sent in place
    private boolean writing;
    private int writingBytes;
    private long writingSince;
    private boolean polling;
    private @Nullable Throwable cancelled; // why, if so
    private boolean ended;

    private FileTransfer(
            ChannelHandlerContext ctx,
            AioLoop loop,
            AioFile file,
            @Nullable OpenFile cached,
            Misses misses,
            @Nullable ByteBuf head,
            long position,
            long length,
            boolean buffersOnly,
            @Nullable Function<ByteBuf, ?> wrapper,
            Listener listener) {
        this.ctx = ctx;
        this.loop = loop;
        this.file = file;
        this.cached = cached;
        this.misses = misses;
        this.head = head;
        this.position = position;
        this.end = position + length;
        this.buffersOnly = buffersOnly;
        this.wrapper = wrapper;
        this.listener = listener;
        policy = WindowPolicy.of(ctx.channel());
    }

    /**
     * Starts a transfer; the listener may be called before this method returns.
     *
     * @param head from the transport's pool; it becomes the transfer's
     * @param file retained for the transfer
     * @param position bytes
     * @param length bytes, at least 1
     * @param mayBeResident {@code false} if the bytes were just found not to be in memory
     * @param mayRefuse whether nothing has been said to the client yet, so that under overload it can be told to come back
     */
    public static void start(
            ChannelHandlerContext ctx,
            AioLoop loop,
            OpenFile file,
            ByteBuf head,
            long position,
            long length,
            boolean mayBeResident,
            boolean mayRefuse,
            Listener listener) {
        FileTransfer transfer = new FileTransfer(
                ctx, loop, file.file(), file, file.misses(), head, position, length, false, null, listener);
        transfer.declined = !mayBeResident;
        if (mayBeResident) {
            file.countSend();
        }
        transfer.mayRefuse = mayRefuse;
        transfer.begin();
    }

    /**
     * Goes on with what a {@link DirectSocket} has begun and its socket did not take; the listener may be called before
     * this method returns.
     *
     * @param file retained for the transfer
     * @param headRest what is left of the head, from the transport's pool; it becomes the transfer's
     * @param position bytes
     * @param length bytes, at least 1
     */
    public static void resume(
            ChannelHandlerContext ctx,
            AioLoop loop,
            OpenFile file,
            @Nullable ByteBuf headRest,
            long position,
            long length,
            Listener listener) {
        FileTransfer transfer = new FileTransfer(
                ctx, loop, file.file(), file, file.misses(), headRest, position, length, false, null, listener);
        transfer.started = true;
        transfer.begin();
    }

    /**
     * Starts a transfer without a head, for a pipeline that takes objects; the listener may be called before this
     * method returns.
     *
     * @param file retained for the transfer
     * @param position bytes
     * @param length bytes, at least 1
     * @param wrapper what to make of each window; the result owns it
     * @param mayRefuse whether nothing has been said to the client yet, so that under overload it can be told to come back
     */
    public static void start(
            ChannelHandlerContext ctx,
            AioLoop loop,
            OpenFile file,
            long position,
            long length,
            Function<ByteBuf, ?> wrapper,
            boolean mayRefuse,
            Listener listener) {
        FileTransfer transfer = new FileTransfer(
                ctx, loop, file.file(), file, file.misses(), null, position, length, true, wrapper, listener);
        transfer.mayRefuse = mayRefuse;
        transfer.begin();
    }

    /** A transfer of a message, which stays the caller's; {@link #begin} starts it. */
    static FileTransfer of(ChannelHandlerContext ctx, AioLoop loop, FileMessage message, Listener listener) {
        return new FileTransfer(
                ctx,
                loop,
                message.file().retain(),
                message.cached(),
                message.misses(),
                message.takeHead(loop.transport().pool()),
                message.position(),
                message.length(),
                message.isBuffersOnly(),
                message.wrapper(),
                listener);
    }

    void begin() {
        if (ended) {
            return; // cancelled before it began
        }
        try {
            version = new FileVersion(file, end);
            declined |= cached != null && cached.takeUnseen();
            proceed();
        } catch (IOException | RuntimeException | Error e) {
            cancel(e); // gives back what it holds, now or when the channel has
        }
    }

    /** Whether a part has left, or is about to. */
    boolean isStarted() {
        return started || (region != null && region.isAnythingSent());
    }

    /**
     * Ends it as soon as the channel has given back what it holds; nothing more is read or written. If it
     * {@link #isStarted}, the channel has to be closed.
     */
    void cancel(Throwable cause) {
        if (ended || cancelled != null) {
            return;
        }
        cancelled = cause;
        if (region != null) {
            region.end();
        } else if (!writing) {
            finish(cause);
        }
    }

    /** The next step of the ladder: at the start, and after each window that sendfile sent. */
    private void proceed() {
        if (declined || !maySendfile()) {
            readWindows();
        } else if (file.needsPreparation(System.nanoTime())) {
            loop.prepare(file, this::prepared, this::finish);
        } else {
            sendWindow();
        }
    }

    private void prepared() {
        if (ended) {
            return; // cancelled meanwhile
        }
        if (maySendfile()) {
            sendWindow();
        } else {
            readWindows();
        }
    }

    /** Asked for each window: a handler may have been added on the way. */
    private boolean maySendfile() {
        return !buffersOnly
                && (cached == null || !cached.isRewritten(System.nanoTime()))
                && PipelineTraits.carriesRegions(ctx)
                && (head == null || AlignedByteBuf.isAligned(head))
                && file.canTellResidency()
                && !file.isLaneOnly();
    }

    private void sendWindow() {
        long length = Math.min(end - position, SENDFILE_WINDOW);
        int socketFd = ((UnixChannel) ctx.channel()).fd().intValue();
        boolean last = position + length == end;
        FileVersion toCheck = last || !started ? version : null;
        region = new FileWindowRegion(socketFd, file, head, position, length, toCheck, last);
        writingSince = System.nanoTime();
        ctx.writeAndFlush(region).addListener(this);
    }

    private void readWindows() {
        if (declined) {
            missed(position);
        }
        reader = new WindowReader(
                loop, file, position, end, !declined, mayRefuse && !started, policy, this::pump, this::missed);
        pump();
    }

    private void missed(long from) {
        loop.transport().missed(misses, from, end);
    }

    /** Hands the next window to the channel if it is there and the channel has none of ours. */
    private void pump() {
        if (writing || polling || reader == null) {
            return;
        }
        ByteBuf window;
        polling = true;
        try {
            window = reader.poll();
        } catch (Exception cause) {
            finish(cause);
            return;
        } finally {
            polling = false;
        }
        if (window != null) { // else this is called again
            write(window);
        }
    }

    private void write(ByteBuf window) {
        position += window.readableBytes();
        IOException change = !started || position == end ? version.change() : null;
        if (change != null) {
            window.release();
            finish(change);
            return;
        }
        int length = window.readableBytes();
        Object message;
        try {
            message = wrapper == null ? window : wrapper.apply(window);
        } catch (RuntimeException | Error e) {
            window.release(); // nobody took it over
            finish(e);
            return;
        }
        writing = true;
        started = true;
        writingBytes = length;
        writingSince = System.nanoTime();
        if (head != null) {
            ByteBuf sent = head;
            head = null;
            ctx.write(sent);
        }
        ctx.writeAndFlush(message).addListener(this);
    }

    /** A window has left, or never will. */
    @Override
    public void operationComplete(Future<Void> write) {
        IOException change = null;
        if (region != null) {
            change = region.change();
            regionWritten();
        } else {
            reader.drained(writingBytes, System.nanoTime() - writingSince);
        }
        writing = false;
        if (!write.isSuccess()) {
            finish(write.cause());
        } else if (cancelled != null) {
            finish(cancelled);
        } else if (change != null) {
            finish(change);
        } else if (position == end) {
            finish(null);
        } else if (reader != null) {
            pump();
        } else {
            proceed();
        }
    }

    private void regionWritten() {
        FileWindowRegion written = region;
        region = null;
        started |= written.isAnythingSent();
        if (written.isHeadSent() && written.isAnythingSent()) {
            releaseHead();
        }
        long sent = written.bodySent();
        declined = sent < Math.min(end - position, SENDFILE_WINDOW);
        if (sent > 0) {
            loop.transport().counters().add(Rung.SENDFILE, sent);
            policy.drained(sent, System.nanoTime() - writingSince);
        }
        if (declined) {
            loop.transport().counters().add(Rung.SENDFILE_DECLINED);
        }
        position += sent;
    }

    private void releaseHead() {
        if (head != null) {
            head.release();
            head = null;
        }
    }

    private void finish(@Nullable Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        if (reader != null) {
            reader.close();
            reader = null;
        }
        releaseHead();
        if (cached != null) {
            cached.release();
        } else {
            file.release();
        }
        if (cause == null) {
            listener.transferred();
        } else {
            listener.transferFailed(cause, started);
        }
    }
}
