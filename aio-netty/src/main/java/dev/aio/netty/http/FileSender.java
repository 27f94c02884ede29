package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import dev.aio.netty.AioTransport;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.OpenFile;
import dev.aio.netty.ResidentRead;
import dev.aio.netty.Rung;
import dev.aio.netty.stream.DirectSocket;
import dev.aio.netty.stream.FileTransfer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends responses that have bytes of a file: small ones that are in memory with one write, all others
 * by a {@link FileTransfer} for each part. One response at a time; confined to its loop.
 */
final class FileSender implements ResponseWriter, FileTransfer.Listener {

    private final AioTransport transport;
    private final AioLoop loop;
    private final ChannelHandlerContext ctx;
    private final Listener listener;
    private final int copyLimit;
    private final boolean writesDirectly;
    private @Nullable DirectSocket socket; // once it is wanted and may be had
    private final DateHeader date = DateHeader.ofThread();

    private @Nullable OpenFile file; // of the response that is on its way
    private @Nullable MultipartRanges parts;
    private int begun; // of the parts

    FileSender(StaticFileHandler site, AioLoop loop, ChannelHandlerContext ctx, Listener listener) {
        transport = site.transport();
        copyLimit = site.copyLimit();
        writesDirectly = site.writesDirectly();
        this.loop = loop;
        this.ctx = ctx;
        this.listener = listener;
    }

    /** From the pool, so that sendfile can follow what is in it; else from the channel's allocator. */
    private ByteBuf allocate(int length) {
        ByteBuf buffer = transport.pool().tryAllocate(length);
        return buffer != null ? buffer : ctx.alloc().directBuffer(length);
    }

    /** The scratch buffer is the next one's: what is in it goes into one that can be handed on. */
    private ByteBuf moved(ByteBuf scratch) {
        return allocate(scratch.readableBytes() + lengthOfFirstPartHead()).writeBytes(scratch);
    }

    private boolean maySendDirectly(boolean alone, int length) {
        return alone && writesDirectly && length <= AioLoop.SCRATCH && hasSocket() && socket.isFree();
    }

    /** Not asked before the first answer: until then handlers are put in front of us. */
    private boolean hasSocket() {
        if (socket == null) {
            socket = DirectSocket.of(ctx, loop);
        }
        return socket != null;
    }

    @Override
    public @Nullable ChannelFuture respond(ResponsePlan plan, Persistence persistence, boolean alone, long nowMillis) {
        int length = ResponseHead.maxLength(plan);
        boolean direct = maySendDirectly(alone, length);
        ByteBuf out = direct ? loop.scratch() : allocate(length);
        ResponseHead.write(out, plan, persistence, date, nowMillis);
        return direct ? socket.send(out) : ctx.write(out);
    }

    @Override
    public void send(OpenFile toSend, ResponsePlan plan, Persistence persistence, boolean alone, long nowMillis) {
        file = toSend;
        parts = plan.parts();
        begun = 0;
        int headLength = ResponseHead.maxLength(plan);
        boolean small = headLength + plan.length() <= copyLimit;
        boolean cold = toSend.isUnseen() || small && isFoundCold(toSend, plan);
        boolean together = small && !cold && ResidentRead.mayAsk(toSend.file());
        int room = headLength + (together ? (int) plan.length() : lengthOfFirstPartHead());
        boolean direct = (together || !small && !cold && mayGoInPlace(plan)) && maySendDirectly(alone, room);
        ByteBuf out = direct ? loop.scratch() : allocate(room);
        ResponseHead.write(out, plan, persistence, date, nowMillis);
        if (together && AlignedByteBuf.isAligned(out)) {
            if (readBehind(out, plan)) {
                end(direct ? socket.send(out) : ctx.write(out));
                return;
            }
            cold = true;
        } else if (direct) {
            sendInPlace(out, plan);
            return;
        }
        transfer(direct ? moved(out) : out, plan, !cold);
    }

    private void transfer(ByteBuf head, ResponsePlan plan, boolean mayBeResident) {
        if (parts == null) {
            FileTransfer.start(ctx, loop, file, head, plan.position(), plan.length(), mayBeResident, true, this);
        } else {
            beginPart(head);
        }
    }

    /** Whether one sendfile may do, as far as the file is concerned. */
    private boolean mayGoInPlace(ResponsePlan plan) {
        return writesDirectly
                && parts == null
                && plan.length() <= FileTransfer.SENDFILE_WINDOW
                && !file.isRewritten(System.nanoTime())
                && file.file().canTellResidency()
                && ResidentRead.mayAsk(file.file());
    }

    private void sendInPlace(ByteBuf head, ResponsePlan plan) {
        int headLength = head.readableBytes();
        file.countSend();
        long sent;
        try {
            sent = socket.send(head, file.file(), plan.position(), plan.length());
        } catch (IOException | RuntimeException e) {
            file.release();
            transferFailed(e, head.readableBytes() < headLength);
            return;
        }
        if (sent == DirectSocket.NOT_RESIDENT) {
            transport.counters().add(Rung.SENDFILE_DECLINED);
            transfer(moved(head), plan, false);
        } else if (sent == plan.length()) {
            end(null);
        } else {
            ByteBuf rest = head.isReadable() ? moved(head) : null;
            FileTransfer.resume(ctx, loop, file, rest, plan.position() + sent, plan.length() - sent, this);
        }
    }

    private int lengthOfFirstPartHead() {
        return parts == null ? 0 : parts.parts().get(0).head().length;
    }

    /** A small body that was not in memory last time is asked for first: a declined read is dear. */
    private static boolean isFoundCold(OpenFile file, ResponsePlan plan) {
        return file.isKnownCold()
                && ResidentRead.mayAsk(file.file())
                && (plan.parts() != null || !file.file().isResident(plan.position(), plan.length()));
    }

    /** Appends the content, or nothing if a byte of it is not in memory. */
    private boolean readBehind(ByteBuf out, ResponsePlan plan) {
        int head = out.writerIndex();
        boolean whole = true;
        if (parts == null) {
            whole = read(out, plan.position(), (int) plan.length());
        } else {
            List<MultipartRanges.Part> all = parts.parts();
            for (int i = 0; i < all.size() && whole; i++) {
                out.writeBytes(all.get(i).head());
                ByteRange range = all.get(i).range();
                whole = read(out, range.position(), (int) range.length());
            }
            out.writeBytes(parts.end());
        }
        if (!whole) {
            out.writerIndex(head);
        }
        return whole;
    }

    private boolean read(ByteBuf out, long position, int length) {
        AlignedByteBuf buffer = AlignedByteBuf.unwrap(out);
        int read =
                file.file().readResident(position, buffer.memory(), buffer.memoryOffset() + out.writerIndex(), length);
        boolean whole = read == length;
        file.knownCold(!whole);
        if (whole) {
            out.writerIndex(out.writerIndex() + read);
            transport.counters().add(Rung.NOWAIT_READ, read);
        } else {
            transport.counters().add(Rung.NOWAIT_DECLINED);
        }
        return whole;
    }

    private void beginPart(ByteBuf out) {
        MultipartRanges.Part part = parts.parts().get(begun++);
        out.writeBytes(part.head());
        file.file().retain(); // the transfer's own
        ByteRange range = part.range();
        FileTransfer.start(ctx, loop, file, out, range.position(), range.length(), true, begun == 1, this);
    }

    /** Netty's promises bound how deep this may recurse, however many parts leave at once. */
    @Override
    public void transferred() {
        if (parts == null) {
            file = null; // released by the transfer
            listener.sent(null);
        } else if (begun < parts.parts().size()) {
            beginPart(allocate(parts.parts().get(begun).head().length));
        } else {
            end(ctx.write(allocate(parts.end().length).writeBytes(parts.end())));
        }
    }

    private void end(@Nullable ChannelFuture last) {
        file.release();
        file = null;
        parts = null;
        listener.sent(last);
    }

    @Override
    public void transferFailed(Throwable cause, boolean started) {
        OpenFile failed = file;
        boolean any = started || begun > 1;
        if (parts != null) {
            failed.release();
        }
        file = null;
        parts = null;
        listener.sendFailed(failed, cause, any);
    }
}
