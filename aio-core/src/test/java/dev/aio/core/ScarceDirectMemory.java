package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process whose direct memory is used up while a helper prepares a file; says what became of its reads. */
final class ScarceDirectMemory {

    private static final List<ByteBuffer> HELD = new ArrayList<>();

    private ScarceDirectMemory() {}

    public static void main(String[] arguments) throws Exception {
        AioContext context = AioContext.builder()
                .engine(AioEngine.AIO)
                .depth(4)
                .pendingLimit(0)
                .open();
        // Without O_NOATIME, which the owner may have: bringing atime up to date needs memory for arguments.
        int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(arguments[0]), Linux.O_RDONLY, 0);
        try (AioFile file = AioFile.ofDescriptor(fd)) {
            System.out.println("writes atime: "
                    + file.traits().readWritesAtime(file.stat(), System.currentTimeMillis() * 1_000_000));
            AlignedMemory memory = AlignedMemory.allocate(AlignedMemory.PAGE, AlignedMemory.PAGE);
            useUp();
            System.out.println("without memory: " + read(context, file, memory));
            HELD.clear();
            System.out.println("with memory: " + read(context, file, memory));
        }
        System.out.println(context.close(10_000_000_000L));
        context.destroyed().get(10, TimeUnit.SECONDS);
        System.out.println("destroyed");
    }

    private static void useUp() {
        for (int size = 1 << 20; size >= 4096; ) { // arguments need 8192 bytes
            try {
                HELD.add(ByteBuffer.allocateDirect(size));
            } catch (OutOfMemoryError e) {
                size /= 2;
            }
        }
    }

    private static long read(AioContext context, AioFile file, AlignedMemory memory) {
        long[] result = {Long.MIN_VALUE};
        AioCompletion completion = (token, bytes) -> result[0] = bytes;
        context.read(file, 0, memory, 0, memory.capacity(), OperationOptions.NONE, completion, 0);
        context.submit();
        context.getEvents(1, 1, 10_000_000_000L);
        return result[0];
    }
}
