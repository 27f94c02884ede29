package dev.aio.core;

import dev.aio.core.internal.Native;
import java.util.Arrays;

/** What the polls of a {@link ModelRun} wait for: eventfds, each with one poll at a time. */
final class ModelPolls implements AutoCloseable {

    private static final int COUNT = 3;

    /** Always writable. */
    final int ready = Native.eventfd();

    private final int[] fds = new int[COUNT]; // not signalled, but for a poll that is about to end
    private final ModelOperation[] polls = new ModelOperation[COUNT];

    ModelPolls() {
        Arrays.setAll(fds, i -> Native.eventfd());
    }

    /** How many wait, and do so until they are signalled. */
    int waiting() {
        return (int) Arrays.stream(polls)
                .filter(poll -> poll != null && poll.waitsForSignal())
                .count();
    }

    /** Has an operation wait, unless another does there. */
    void poll(int which, ModelOperation one) {
        if (polls[which % COUNT] == null) {
            polls[which % COUNT] = one;
            one.pollUntilSignalled(fds[which % COUNT]);
        }
    }

    void signal(int which) {
        ModelOperation one = polls[which % COUNT];
        if (one != null) {
            Native.eventfdSignal(fds[which % COUNT]);
            one.signalled();
        }
    }

    void signalAll() {
        for (int i = 0; i < COUNT; i++) {
            signal(i);
        }
    }

    /** Called for every operation, also for those that never polled. */
    void released(ModelOperation one) {
        for (int i = 0; i < COUNT; i++) {
            if (polls[i] == one) {
                polls[i] = null;
                Native.eventfdDrain(fds[i]);
            }
        }
    }

    @Override
    public void close() {
        for (int fd : fds) {
            Native.close(fd);
        }
        Native.close(ready);
    }
}
