package dev.aio.core;

import java.util.concurrent.atomic.AtomicLongArray;

/** A fixed number of bits that any thread may change; without lambdas, which event loops would link at first use. */
final class AtomicBits {

    private final AtomicLongArray words;

    AtomicBits(long count) {
        words = new AtomicLongArray((int) ((count + 63) / 64));
    }

    boolean get(long index) {
        return (words.get((int) (index >> 6)) >> index & 1) != 0;
    }

    /** Returns whether that changed it. */
    boolean set(long index, boolean value) {
        int at = (int) (index >> 6);
        long mask = 1L << index;
        while (true) {
            long word = words.get(at);
            long changed = value ? word | mask : word & ~mask;
            if (word == changed) {
                return false;
            }
            if (words.compareAndSet(at, word, changed)) {
                return true;
            }
        }
    }
}
