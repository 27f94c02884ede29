package dev.aio.core;

import dev.aio.core.internal.EventBatch;
import dev.aio.core.internal.IocbSlab;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;

/** Runs operations one at a time on a context of their own and waits for each: for trials only. */
final class SingleOperation implements AutoCloseable {

    private final long context;
    private final IocbSlab iocb = new IocbSlab(1, 1, -1);
    private final EventBatch event = new EventBatch(1);

    private SingleOperation(long context) {
        this.context = context;
    }

    static SingleOperation open() throws IOException {
        Aio.ensureAvailability();
        long context = Native.ioSetup(1);
        if (context < 0) {
            throw Aio.setupFailure((int) -context, 1);
        }
        return new SingleOperation(context);
    }

    /** Bytes transferred or {@code -errno}, whether from the submission or from the event. */
    int run(short opcode, int fd, long address, int length, long position, int flags) {
        return run(opcode, fd, address, length, position, flags, 0);
    }

    int run(short opcode, int fd, long address, int length, long position, int flags, int priority) {
        iocb.prepare(0, 0, opcode, fd, address, length, position, flags, priority);
        iocb.point(0, 0);
        int submitted = Native.ioSubmit(context, 1, iocb.pointersAddress());
        if (submitted < 0) {
            return submitted;
        }
        int fetched;
        do {
            fetched = event.fetch(context, 1, 1, -1);
        } while (fetched == 0 || fetched == -Linux.EINTR);
        return event.next() ? event.result() : fetched;
    }

    @Override
    public void close() {
        Native.ioDestroy(context);
    }
}
