package dev.aio.core;

/**
 * The operations of one context. A slot goes FREE → PREPARED (queued for submission) → IN_FLIGHT → FREE;
 * one that another thread submits is IN_FLIGHT from the start, since its event may come at any time.
 * The generation counts how often a slot was used, so that an event which does not belong to the
 * slot's present operation is recognised: {@code aio_data} is generation and index.
 */
final class SlotTable {

    static final int NONE = -1;

    private static final byte FREE = 0;
    private static final byte PREPARED = 1;
    private static final byte IN_FLIGHT = 2;

    private final byte[] states;
    private final int[] generations;
    private final AioCompletion[] completions;
    private final long[] tokens;
    private final AioFile[] files;
    // Keeps the operation's memory reachable until its completion is reaped.
    private final Object[] memories;

    private final int[] free;
    private int freeCount;

    // Prepared slots in the order of their submission; a ring with room for every slot.
    private final int[] prepared;
    private int preparedHead;
    private int preparedCount;

    private int inFlight;

    SlotTable(int slots) {
        states = new byte[slots];
        generations = new int[slots];
        completions = new AioCompletion[slots];
        tokens = new long[slots];
        files = new AioFile[slots];
        memories = new Object[slots];
        free = new int[slots];
        prepared = new int[slots];
        // The lowest slots on top: a lightly used context stays within a few cache lines.
        for (int i = 0; i < slots; i++) {
            free[i] = slots - 1 - i;
        }
        freeCount = slots;
    }

    /** Takes a slot for an operation and queues it, or returns {@link #NONE} if all are taken. */
    int prepare(AioFile file, Object memory, AioCompletion completion, long token) {
        int slot = take(file, memory, completion, token);
        if (slot != NONE) {
            states[slot] = PREPARED;
            int at = preparedHead + preparedCount++;
            prepared[at >= prepared.length ? at - prepared.length : at] = slot;
        }
        return slot;
    }

    /** Takes a slot for an operation that another thread submits, or returns {@link #NONE}. */
    int begin(AioFile file, Object memory, AioCompletion completion, long token) {
        int slot = take(file, memory, completion, token);
        if (slot != NONE) {
            states[slot] = IN_FLIGHT;
            inFlight++;
        }
        return slot;
    }

    private int take(AioFile file, Object memory, AioCompletion completion, long token) {
        if (freeCount == 0) {
            return NONE;
        }
        int slot = free[--freeCount];
        generations[slot]++;
        files[slot] = file;
        memories[slot] = memory;
        completions[slot] = completion;
        tokens[slot] = token;
        return slot;
    }

    long data(int slot) {
        return ((long) generations[slot] << 32) | slot;
    }

    /** The slot of the event, or {@link #NONE} if it belongs to no operation that is in flight. */
    int slotOf(long data) {
        int slot = (int) data;
        boolean known = slot >= 0
                && slot < states.length
                && states[slot] == IN_FLIGHT
                && generations[slot] == (int) (data >>> 32);
        return known ? slot : NONE;
    }

    /** The {@code i}-th of the prepared slots, counted from the one to be submitted first. */
    int prepared(int i) {
        int at = preparedHead + i;
        return prepared[at >= prepared.length ? at - prepared.length : at];
    }

    /** The kernel took the first {@code n} prepared operations. */
    void submitted(int n) {
        for (int i = 0; i < n; i++) {
            states[prepared(i)] = IN_FLIGHT;
        }
        dropPrepared(n);
        inFlight += n;
    }

    /** Takes the first prepared operation out of the queue: the kernel refused it. */
    int refused() {
        int slot = prepared(0);
        dropPrepared(1);
        inFlight++; // finish() takes it off again
        return slot;
    }

    private void dropPrepared(int n) {
        preparedHead += n;
        if (preparedHead >= prepared.length) {
            preparedHead -= prepared.length;
        }
        preparedCount -= n;
    }

    AioCompletion completion(int slot) {
        return completions[slot];
    }

    long token(int slot) {
        return tokens[slot];
    }

    AioFile file(int slot) {
        return files[slot];
    }

    /** The operation has ended, whichever way: the slot may be used again. */
    void finish(int slot) {
        states[slot] = FREE;
        files[slot] = null;
        memories[slot] = null;
        completions[slot] = null;
        free[freeCount++] = slot;
        inFlight--;
    }

    int preparedCount() {
        return preparedCount;
    }

    int inFlight() {
        return inFlight;
    }

    int freeCount() {
        return freeCount;
    }
}
