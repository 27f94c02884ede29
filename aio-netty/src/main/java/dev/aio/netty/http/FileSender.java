package dev.aio.netty.http;

import dev.aio.netty.AioLoop;
import dev.aio.netty.AioTransport;
import dev.aio.netty.AlignedByteBuf;
import dev.aio.netty.OpenFile;
import dev.aio.netty.ResidentRead;
import dev.aio.netty.Rung;
import dev.aio.netty.stream.FileTransfer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends responses that have bytes of a file: small ones that are in memory with one write, all others
 * by a {@link FileTransfer} for each part. One response at a time; confined to its loop.
 */
final class FileSender implements ResponseWriter, FileTransfer.Listener {

    /** Head and body up to this many bytes are read into one buffer and leave in one write. */
    private static final int COPY_LIMIT = 64 * 1024;

    private final AioTransport transport;
    private final AioLoop loop;
    private final ChannelHandlerContext ctx;
    private final Listener listener;
    private final DateHeader date = new DateHeader();

    private @Nullable OpenFile file; // of the response that is on its way
    private @Nullable MultipartRanges parts;
    private int begun; // of the parts

    FileSender(AioTransport transport, AioLoop loop, ChannelHandlerContext ctx, Listener listener) {
        this.transport = transport;
        this.loop = loop;
        this.ctx = ctx;
        this.listener = listener;
    }

    /** From the pool, so that sendfile can follow what is in it; else from the channel's allocator. */
    private ByteBuf allocate(int length) {
        ByteBuf buffer = transport.pool().tryAllocate(length);
        return buffer != null ? buffer : ctx.alloc().directBuffer(length);
    }

    @Override
    public ChannelFuture respond(ResponsePlan plan, Persistence persistence, long nowMillis) {
        ByteBuf out = allocate(ResponseHead.maxLength(plan));
        ResponseHead.write(out, plan, persistence, date, nowMillis);
        return ctx.write(out);
    }

    @Override
    public void send(OpenFile toSend, ResponsePlan plan, Persistence persistence, long nowMillis) {
        file = toSend;
        parts = plan.parts();
        begun = 0;
        int headLength = ResponseHead.maxLength(plan);
        boolean small = headLength + plan.length() <= COPY_LIMIT;
        boolean cold = small && isFoundCold(toSend, plan);
        boolean together = small && !cold && ResidentRead.mayAsk(toSend.file());
        ByteBuf out = allocate(together ? headLength + (int) plan.length() : headLength + lengthOfFirstPartHead());
        ResponseHead.write(out, plan, persistence, date, nowMillis);
        if (together && AlignedByteBuf.isAligned(out)) {
            if (readBehind(out, plan)) {
                end(ctx.write(out));
                return;
            }
            cold = true;
        }
        if (parts == null) {
            FileTransfer.start(ctx, loop, toSend, out, plan.position(), plan.length(), !cold, true, this);
        } else {
            beginPart(out);
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

    private void end(ChannelFuture last) {
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
