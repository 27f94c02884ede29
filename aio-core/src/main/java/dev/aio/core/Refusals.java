package dev.aio.core;

/** What helpers could not submit: no event will come. Filled by any thread, emptied by the owner. */
final class Refusals {

    private final long[] ids;
    private final int[] results;
    private volatile int count;
    private int takenResult;

    Refusals(int capacity) {
        ids = new long[capacity];
        results = new int[capacity];
    }

    synchronized void add(long id, int result) {
        int at = count;
        ids[at] = id;
        results[at] = result;
        count = at + 1;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The id of one of them, or 0 if there is none. */
    synchronized long take() {
        int at = count - 1;
        if (at < 0) {
            return 0;
        }
        count = at;
        takenResult = results[at];
        return ids[at];
    }

    /** The {@code -errno} of the one taken last. */
    int result() {
        return takenResult;
    }
}
