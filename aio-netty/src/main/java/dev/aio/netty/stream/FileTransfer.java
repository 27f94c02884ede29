package dev.aio.netty.stream;

import dev.aio.netty.AioLoop;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.OpenFile;
import dev.aio.netty.Rung;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;

/**
 * Sends a range of a file, behind a head, to a channel: resident windows by sendfile where the
 * channel can take it, all others as buffers that were read ahead. Confined to the channel's loop.
 *
 * <p>Takes over a reference to the file and the head, and gives both back before it calls its
 * listener.
 */
public final class FileTransfer implements GenericFutureListener<Future<Void>> {

    /** Bytes that one sendfile may send: bounds what can slip through a residency check. */
    private static final int SENDFILE_WINDOW = 512 * 1024;

    /** Told once how a transfer ended, on the loop. */
    public interface Listener {

        /** All bytes were accepted by the socket. */
        void transferred();

        /**
         * @param started whether a part of the head or the body has left: then only closing the
         *     connection tells the client
         */
        void transferFailed(Throwable cause, boolean started);
    }

    private final ChannelHandlerContext ctx;
    private final AioLoop loop;
    private final OpenFile file;
    private final Listener listener;
    private final long end;
    private long position;
    private ByteBuf head; // null once sent
    private boolean started;
    private FileWindowRegion region; // the window that the channel has, while in sendfile mode
    private WindowReader reader; // not null: in buffer mode, to the end of the transfer
    private boolean declined; // a window was not resident: what follows is read, not sent in place
    private boolean writing;
    private boolean polling;

    private FileTransfer(
            ChannelHandlerContext ctx,
            AioLoop loop,
            OpenFile file,
            ByteBuf head,
            long position,
            long length,
            boolean mayBeResident,
            Listener listener) {
        declined = !mayBeResident;
        this.ctx = ctx;
        this.loop = loop;
        this.file = file;
        this.head = head;
        this.position = position;
        this.end = position + length;
        this.listener = listener;
    }

    /**
     * Starts a transfer; the listener may be called before this method returns.
     *
     * @param head from the transport's pool; it becomes the transfer's
     * @param file retained for the transfer
     * @param position bytes
     * @param length bytes, at least 1
     * @param mayBeResident {@code false} if the bytes were just found not to be in memory
     */
    public static void start(
            ChannelHandlerContext ctx,
            AioLoop loop,
            OpenFile file,
            ByteBuf head,
            long position,
            long length,
            boolean mayBeResident,
            Listener listener) {
        FileTransfer transfer = new FileTransfer(ctx, loop, file, head, position, length, mayBeResident, listener);
        transfer.proceed();
    }

    /** The next step of the ladder: at the start, and after each window that sendfile sent. */
    private void proceed() {
        if (declined || !maySendfile()) {
            readWindows();
        } else if (file.file().needsPreparation(System.nanoTime())) {
            loop.prepare(file.file(), this::prepared, this::finish);
        } else {
            sendWindow();
        }
    }

    private void prepared() {
        if (maySendfile()) {
            sendWindow();
        } else {
            readWindows();
        }
    }

    private boolean maySendfile() {
        Channel channel = ctx.channel();
        return channel instanceof EpollSocketChannel
                && ctx.pipeline().get(SslHandler.class) == null
                && (head == null || AlignedByteBuf.isAligned(head))
                && file.file().canTellResidency()
                && !file.file().isLaneOnly();
    }

    private void sendWindow() {
        long length = Math.min(end - position, SENDFILE_WINDOW);
        int socketFd = ((UnixChannel) ctx.channel()).fd().intValue();
        region = new FileWindowRegion(socketFd, file.file(), head, position, length);
        ctx.writeAndFlush(region).addListener(this);
    }

    private void readWindows() {
        if (declined) {
            loop.transport().missed(file, position, end);
        }
        reader = new WindowReader(loop, file.file(), position, end, !declined, this::pump);
        pump();
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
        if (window == null) {
            return; // onProgress calls again
        }
        position += window.readableBytes();
        writing = true;
        started = true;
        if (head != null) {
            ByteBuf sent = head;
            head = null;
            ctx.write(sent);
        }
        ctx.writeAndFlush(window).addListener(this);
    }

    /** A window has left, or never will. */
    @Override
    public void operationComplete(Future<Void> write) {
        if (region != null) {
            regionWritten();
        }
        writing = false;
        if (!write.isSuccess()) {
            finish(write.cause());
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

    private void finish(Throwable cause) {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        releaseHead();
        file.release();
        if (cause == null) {
            listener.transferred();
        } else {
            listener.transferFailed(cause, started);
        }
    }
}
