package dev.aio.netty;

import dev.aio.core.AioContext;
import java.util.concurrent.Callable;

/** What the kernel offers no asynchronous call for: carried out on the lane, or at once where it cannot wait. */
final class LaneOperation<T> extends FileOperation<T> {

    private final boolean change;
    private final boolean mayWait;
    private final Callable<T> call;
    private T value;

    LaneOperation(NettyAioFile owner, String name, boolean change, boolean mayWait, Callable<T> call) {
        super(owner, name);
        this.change = change;
        this.mayWait = mayWait;
        this.call = call;
    }

    @Override
    boolean isChange() {
        return change;
    }

    @Override
    void step() {
        if (mayWait) {
            toLane();
            return;
        }
        try {
            carryOut();
        } catch (Exception e) {
            fail(e);
            return;
        }
        succeed(value);
    }

    @Override
    long carryOut() throws Exception {
        value = call.call();
        return 0;
    }

    @Override
    void stepped(long done, boolean byEngine) {
        succeed(value);
    }

    @Override
    long prepare(AioContext context) {
        throw new UnsupportedOperationException();
    }
}
