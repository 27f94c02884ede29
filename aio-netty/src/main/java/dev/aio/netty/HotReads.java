package dev.aio.netty;

import dev.aio.core.AioFile;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one file that the page cache answers within the call. Nothing of them outlives it, so they need neither an
 * operation nor a promise, and are no load: one system call and no allocation. Confined to the file's loop.
 */
final class HotReads {

    private final AioLoop loop;
    private final AioFile file;
    private @Nullable Future<Long> answer; // the last one; it is done, so that others may have it as well
    private long answered;

    HotReads(AioLoop loop, AioFile file) {
        this.loop = loop;
        this.file = file;
    }

    /**
     * Fills the writable bytes of a buffer as far as they are at hand, and leaves its indices alone.
     *
     * @return bytes, 0 if that is none or this is not the way to read them
     */
    int fill(ByteBuf target, long position) {
        int length = target.writableBytes();
        if (length > ReadOperation.LARGEST_COPY || !target.hasMemoryAddress() || target.isReadOnly()) {
            return 0;
        }
        if (loop.isClosed() || loop.load().isFull() || !file.isReadable() || !ResidentRead.mayAsk(file)) {
            return 0; // an operation knows what to do then, and to say
        }
        long address = target.memoryAddress() + target.writerIndex(); // fails if it was released already
        if (!file.tryRetain()) {
            return 0;
        }
        try {
            int n = file.readIfKnownResident(position, address, length);
            if (n > 0) {
                loop.transport().counters().add(Rung.NOWAIT_READ, n);
            }
            return n;
        } finally {
            file.release();
            Reference.reachabilityFence(target);
        }
    }

    /** A future that has that value. */
    Future<Long> answer(long bytes) {
        Future<Long> last = answer;
        if (last == null || answered != bytes) {
            last = loop.eventLoop().newSucceededFuture(bytes);
            answer = last;
            answered = bytes;
        }
        return last;
    }
}
