package dev.aio.netty;

import dev.aio.core.AioContext;
import dev.aio.core.AioException;
import dev.aio.core.OperationOptions;
import dev.aio.core.internal.Linux;

/** {@code fsync} or {@code fdatasync}, begun when the changes before it have ended. */
final class SyncOperation extends FileOperation<Void> {

    private final boolean dataOnly;
    private boolean refused;

    SyncOperation(NettyAioFile owner, boolean dataOnly) {
        super(owner, dataOnly ? "dataSync" : "sync");
        this.dataOnly = dataOnly;
    }

    @Override
    boolean isSync() {
        return true;
    }

    @Override
    void step() {
        if (loop.engine() != null && !refused) {
            toEngine();
        } else {
            toLane();
        }
    }

    @Override
    void stepped(long done, boolean byEngine) {
        succeed(null);
    }

    @Override
    long prepare(AioContext context) {
        return dataOnly
                ? context.dataSync(file, OperationOptions.NONE, this, 0)
                : context.sync(file, OperationOptions.NONE, this, 0);
    }

    /** Linux before 4.18, and some file systems, have no asynchronous sync. */
    @Override
    void failed(Throwable cause) {
        boolean unknown = cause instanceof AioException e
                && (e.errno() == Linux.EINVAL || e.errno() == Linux.EOPNOTSUPP || e.errno() == Linux.ENOSYS);
        if (unknown && !refused) {
            refused = true;
            proceed();
        } else {
            fail(cause);
        }
    }

    @Override
    long carryOut() throws AioException {
        if (dataOnly) {
            file.dataSync();
        } else {
            file.sync();
        }
        return 0;
    }
}
