package dev.aio.netty;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells the listeners of one loop, on that loop, of changes of its {@link Load}. */
final class Writability {

    private final AioLoop loop;
    private final Load load;
    private final Set<WritabilityListener> listeners = new CopyOnWriteArraySet<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private boolean told = true; // on the loop

    Writability(AioLoop loop, Load load) {
        this.loop = loop;
        this.load = load;
        load.addUser(this::changed);
    }

    void add(WritabilityListener listener) {
        listeners.add(listener);
    }

    void remove(WritabilityListener listener) {
        listeners.remove(listener);
    }

    /** Any thread. Changes that follow each other closely are told once. */
    private void changed() {
        // Also where nobody listens yet: who comes later is told of changes of what is true then.
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.eventLoop().execute(this::tell);
            } catch (RejectedExecutionException terminated) {
                scheduled.set(false); // nobody is left to be told
            }
        }
    }

    private void tell() {
        scheduled.set(false);
        boolean writable = load.isWritable();
        if (writable == told) {
            return;
        }
        told = writable;
        for (WritabilityListener listener : listeners) {
            try {
                listener.writabilityChanged(loop, writable);
            } catch (Throwable t) {
                loop.listenerFailed(t);
            }
        }
    }
}
