package dev.aio.core;

import org.jspecify.annotations.Nullable;

/** Whose a context is: the first thread's that uses it, whoever it is handed over to, in the end the closer's. */
final class Ownership {

    private @Nullable Thread owner;
    private boolean closed;

    /** Makes the context the calling thread's if it is nobody's. */
    void check() {
        checkOpen();
        Thread current = Thread.currentThread();
        if (owner != current) {
            if (owner != null) {
                throw new IllegalStateException("AIO context used by thread "
                        + current.getName()
                        + " (expected: its owner "
                        + owner.getName()
                        + ", or handOver() first)");
            }
            owner = current;
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the AIO context is closed");
        }
    }

    /** Also asked in the middle of reaping: a completion may have closed the context. */
    boolean isMine() {
        return owner == Thread.currentThread();
    }

    void handOver() {
        check();
        owner = null;
    }

    void takeOver() {
        checkOpen(); // first: a closed one is the closer's, which must not lose it
        owner = null;
        check();
    }

    /** Never nobody's: a thread that does not see the context closed yet still sees that it is not its own. */
    void close(Thread closer) {
        owner = closer;
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
