package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Prepares files on the lane, each once at a time, however many readers of however many loops wait for
 * it: a crowd at a cold file takes one lane thread and not all of them. Any thread may call.
 */
final class Preparations {

    /** Told on the lane. */
    interface Waiter {

        /** A thread of the lane has taken the file up. May be called by {@link #prepare} too. */
        default void begun() {}

        /**
         * @param failure {@code null} if the file is prepared
         */
        void prepared(@Nullable Throwable failure);
    }

    private final AioTransport transport;
    private final Map<AioFile, Running> running = new HashMap<>(); // files have no equals: it is the object that counts

    Preparations(AioTransport transport) {
        this.transport = transport;
    }

    private static final class Running {
        private final List<Waiter> waiters = new ArrayList<>(1);
        private boolean begun;
        private boolean direct; // somebody needs the O_DIRECT description
    }

    /**
     * @param direct whether the {@code O_DIRECT} description is to be opened as well
     * @throws RejectedExecutionException if the lane is full; the waiter is then not told of anything
     */
    void prepare(AioFile file, boolean direct, Waiter waiter) {
        synchronized (running) {
            Running one = running.get(file);
            if (one == null) {
                one = new Running();
                file.retain();
                try {
                    transport.lane().execute(() -> run(file));
                } catch (RejectedExecutionException overload) {
                    file.release();
                    throw overload;
                }
                running.put(file, one);
            } else if (one.begun) {
                waiter.begun();
            }
            one.direct |= direct;
            one.waiters.add(waiter);
        }
    }

    private void run(AioFile file) {
        Running one;
        synchronized (running) {
            one = running.get(file);
            one.begun = true;
            one.waiters.forEach(Waiter::begun);
        }
        Throwable failure = null;
        try {
            prepareHere(file);
            while (mustOpenDirect(file, one)) {
                file.openDirect();
            }
        } catch (AioException | RuntimeException | Error e) {
            failure = e;
            synchronized (running) {
                running.remove(file);
            }
        }
        file.release();
        for (Waiter waiter : one.waiters) { // no more are added: it is not running any more
            try {
                waiter.prepared(failure);
            } catch (Throwable t) { // of one who waits, and none of the others' business
                transport.logger().warn("telling that {} is prepared failed", file, t);
            }
        }
    }

    /** Whether somebody has come who needs the {@code O_DIRECT} description; if not, it no longer runs. */
    private boolean mustOpenDirect(AioFile file, Running one) {
        synchronized (running) {
            boolean direct = one.direct;
            one.direct = false;
            if (!direct) {
                running.remove(file);
            }
            return direct;
        }
    }

    /** On the lane. */
    void prepareHere(AioFile file) throws AioException {
        transport.counters().add(Rung.PREPARE_LANE);
        file.prepare();
    }

    /**
     * Before a read on the lane of a loop where nothing else reads: it is here that a file becomes fit to be asked
     * what is resident. On the lane.
     */
    void prepareForLoop(AioFile file, LoopEngine engine) throws AioException {
        if (engine == null && !file.isLaneOnly() && file.needsPreparation(System.nanoTime())) {
            prepareHere(file);
        }
    }
}
