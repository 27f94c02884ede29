package dev.aio.netty;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The order among the operations of one file, as far as there is one: a sync begins when the changes accepted
 * before it have ended, and appends go out one after another. Confined to the file's loop.
 */
final class FileOrder {

    /** In the order of the calls; such as ended before their turn stay until that. */
    private final ArrayDeque<FileOperation<?>> appends = new ArrayDeque<>();

    private FileOperation<?> goingOn; // the append whose turn it is
    private boolean beginning;
    private final List<FileOperation<?>> heldSyncs = new ArrayList<>();

    /** Changes that have begun, in no order. */
    private final List<FileOperation<?>> running = new ArrayList<>();

    private long accepted;
    private int changes; // accepted and not ended, cancelled ones included: they may still take place
    private long movedNanos = System.nanoTime();

    /** Begins the operation now, or when what it waits for has ended. */
    void accept(FileOperation<?> operation) {
        operation.sequence = ++accepted;
        operation.ordered = true;
        if (operation.isChange()) {
            changes++;
        }
        if (operation.isAppend()) {
            appends.add(operation);
            beginNextAppend();
            return;
        }
        if (operation.isSync() && changes > 0) {
            operation.waitsFor = changes;
            heldSyncs.add(operation);
            return;
        }
        begin(operation);
    }

    private void begin(FileOperation<?> operation) {
        if (operation.isChange()) {
            operation.place = running.size();
            running.add(operation);
        }
        operation.begin();
    }

    /** The kernel is done with it. */
    void ended(FileOperation<?> operation) {
        movedNanos = System.nanoTime();
        if (operation.place >= 0) {
            FileOperation<?> last = running.remove(running.size() - 1);
            if (last != operation) {
                running.set(operation.place, last);
                last.place = operation.place;
            }
        }
        List<FileOperation<?>> ready = null;
        if (operation.isChange()) {
            changes--;
            ready = heldSyncs.isEmpty() ? null : syncsBehind(operation);
        }
        if (operation.isSync()) {
            heldSyncs.remove(operation);
        }
        if (ready != null) {
            ready.forEach(this::begin);
        }
        if (operation.isAppend()) {
            beginNextAppend();
        }
    }

    /** One that ends at once calls {@link #ended} from within: a loop, since as many as were accepted may do so. */
    private void beginNextAppend() {
        if (beginning) {
            return;
        }
        beginning = true;
        try {
            for (FileOperation<?> first = appends.peek(); first != null; first = appends.peek()) {
                if (first.isEnded()) {
                    appends.poll();
                } else if (first != goingOn) {
                    goingOn = first;
                    begin(first);
                } else {
                    return;
                }
            }
            goingOn = null;
        } finally {
            beginning = false;
        }
    }

    private List<FileOperation<?>> syncsBehind(FileOperation<?> change) {
        List<FileOperation<?>> ready = new ArrayList<>();
        for (FileOperation<?> sync : heldSyncs) {
            if (change.sequence < sync.sequence && --sync.waitsFor == 0) {
                ready.add(sync);
            }
        }
        heldSyncs.removeAll(ready);
        return ready;
    }

    /** When something last moved that others of this file wait for. */
    long movedNanos(long now) {
        long moved = movedNanos;
        for (FileOperation<?> one : running) {
            moved = Unanswered.later(moved, one.movedNanos(now));
        }
        return moved;
    }
}
