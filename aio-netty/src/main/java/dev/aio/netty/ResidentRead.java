package dev.aio.netty;

import dev.aio.core.AioFile;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads windows from the page cache where they are there as a whole, without waiting. */
public final class ResidentRead {

    private ResidentRead() {}

    /**
     * Asks, then reads. On the loop's thread.
     *
     * @param length bytes, at most {@link AlignedBufferPool#LARGEST}
     * @return the caller's buffer, or {@code null} if the bytes have to be fetched from the disk
     */
    public static @Nullable ByteBuf tryRead(AioLoop loop, AioFile file, long position, int length) {
        boolean resident = mayAsk(file) && file.isResident(position, length);
        return resident ? read(loop, file, position, length) : null;
    }

    /** Whether residency can be asked for without waiting. */
    public static boolean mayAsk(AioFile file) {
        return !file.isLaneOnly() && !file.needsPreparation();
    }

    /** Reads what was just found to be resident; otherwise as {@link #tryRead}. */
    public static @Nullable ByteBuf read(AioLoop loop, AioFile file, long position, int length) {
        ByteBuf window = loop.transport().pool().tryAllocate(length);
        if (window == null) {
            return null;
        }
        AlignedByteBuf target = AlignedByteBuf.unwrap(window);
        int wanted = (int) Math.min(length, Math.max(0, file.size() - position));
        int read = file.readResident(position, target.memory(), target.memoryOffset(), length);
        if (read < wanted) {
            loop.transport().counters().add(Rung.NOWAIT_DECLINED);
            window.release();
            return null;
        }
        loop.transport().counters().add(Rung.NOWAIT_READ, read);
        window.writerIndex(read);
        return window;
    }
}
