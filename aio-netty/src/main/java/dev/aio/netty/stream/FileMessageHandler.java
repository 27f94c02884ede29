package dev.aio.netty.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Sends each {@link FileMessage} that is written to its pipeline; everything written behind one waits
 * its turn. As with Netty's {@code ChunkedWriteHandler}, nothing is sent before a flush.
 *
 * <p>A message that fails, or whose promise is cancelled, after a part of it has left closes the channel:
 * nothing else would tell the other side. Before that only its promise fails. When the channel is closed
 * or the handler removed, what waits is released and its promises fail.
 *
 * <p>One for each channel. Where there is an HTTP codec, the place in front of it, nearer to the socket,
 * lets files leave in place: the codec passes the messages on as they are, so announce the length
 * ({@code Content-Length}) before and write an empty {@code LastHttpContent} behind.
 */
public final class FileMessageHandler extends ChannelDuplexHandler {

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(4);
    private int flushed; // of those that wait, from the first
    private @Nullable Sending sending; // the file that is on its way
    private boolean pumping;
    private boolean gone; // the channel or this handler

    /** A message in line; whatever it is, it is ended exactly once. */
    private record Waiting(Object message, ChannelPromise promise) {
        void fail(Throwable cause) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(cause);
        }
    }

    private final class Sending implements FileTransfer.Listener {
        private final ChannelHandlerContext ctx;
        private final FileMessage message;
        private final ChannelPromise promise;
        private FileTransfer transfer;

        Sending(ChannelHandlerContext ctx, FileMessage message, ChannelPromise promise) {
            this.ctx = ctx;
            this.message = message;
            this.promise = promise;
        }

        /** Takes what it needs of the message. */
        void prepare() {
            transfer =
                    FileTransfer.of(ctx, message.transport().loop(ctx.channel().eventLoop()), message, this);
        }

        void begin() {
            promise.addListener(future -> {
                if (future.isCancelled()) {
                    abort(new CancellationException("the write of " + message + " was cancelled"));
                }
            });
            transfer.begin();
        }

        void abort(Throwable cause) {
            if (sending != this) {
                return;
            }
            boolean started = transfer.isStarted();
            transfer.cancel(cause);
            if (started) {
                ctx.close();
            }
        }

        @Override
        public void transferred() {
            end();
            promise.trySuccess();
            pump(ctx);
        }

        @Override
        public void transferFailed(Throwable cause, boolean started) {
            end();
            promise.tryFailure(cause);
            if (started) {
                ctx.close();
            }
            pump(ctx);
        }

        private void end() {
            if (sending == this) {
                sending = null;
            }
            message.release();
        }
    }

    /** For one channel. */
    public FileMessageHandler() {}

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.executor() != ctx.channel().eventLoop()) {
            throw new IllegalStateException(
                    "executor: " + ctx.executor() + " (expected: the event loop of the channel)");
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (gone) {
            new Waiting(message, promise).fail(new ClosedChannelException());
        } else if (sending == null && waiting.isEmpty() && !(message instanceof FileMessage)) {
            ctx.write(message, promise);
        } else {
            waiting.add(new Waiting(message, promise.unvoid()));
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        flushed = waiting.size();
        pump(ctx);
        ctx.flush();
    }

    /** Passes on what was flushed, up to the next file. A loop, since a file may end where it begins. */
    private void pump(ChannelHandlerContext ctx) {
        if (pumping || sending != null || gone) {
            return;
        }
        pumping = true;
        boolean written = false;
        while (sending == null && flushed > 0 && !gone) {
            Waiting next = waiting.poll();
            flushed--;
            if (next.promise.isCancelled()) {
                ReferenceCountUtil.release(next.message);
            } else if (next.message instanceof FileMessage file) {
                written |= file.length() == 0;
                send(ctx, file, next.promise);
            } else {
                ctx.write(next.message, next.promise);
                written = true;
            }
        }
        pumping = false;
        if (written) {
            ctx.flush();
        }
    }

    private void send(ChannelHandlerContext ctx, FileMessage message, ChannelPromise promise) {
        if (message.length() == 0) {
            ByteBuf head = message.takeHead(message.transport().pool());
            message.release();
            ctx.write(head != null ? head : Unpooled.EMPTY_BUFFER, promise);
            return;
        }
        Sending next = new Sending(ctx, message, promise);
        try {
            next.prepare();
        } catch (RuntimeException | Error e) { // such as: the transport is closed
            message.release();
            promise.tryFailure(e);
            return;
        }
        sending = next;
        next.begin();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        failAll(new ClosedChannelException());
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        failAll(
                ctx.channel().isActive()
                        ? new IllegalStateException("the FileMessageHandler was removed before all was written")
                        : new ClosedChannelException());
    }

    private void failAll(Throwable cause) {
        gone = true;
        if (sending != null) {
            sending.abort(cause);
        }
        flushed = 0;
        Waiting next;
        while ((next = waiting.poll()) != null) {
            next.fail(cause);
        }
    }
}
