package dev.aio.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Memory of one operation after the other, with bytes on both sides of what is transferred that nobody may write to. */
final class GuardedMemory {

    /** Memory that is used again. */
    static final class Pool {

        private final ArrayDeque<GuardedMemory> free = new ArrayDeque<>();

        /** Room for at least so many bytes and those that guard them. */
        GuardedMemory take(int needed) {
            GuardedMemory used = needed <= SMALL ? free.poll() : null;
            if (used == null) {
                return new GuardedMemory(Math.max(SMALL, needed));
            }
            used.memory.buffer().clear();
            return used;
        }

        void giveBack(GuardedMemory memory) {
            if (memory.capacity() <= SMALL + AlignedMemory.PAGE) {
                free.push(memory);
            }
        }
    }

    /** Bytes that are enough for most operations. */
    static final int SMALL = 32 << 10;

    /** What operations use begins here: a page in, so that there is room for what guards it. */
    static final int BEGIN = AlignedMemory.PAGE;

    /** Bytes on each side. */
    static final int GUARD = 64;

    private static final byte PATTERN = 0x5A;

    final AlignedMemory memory;
    private int first; // of what is transferred
    private int end;

    private GuardedMemory(int needed) {
        memory = AlignedMemory.allocate(
                needed + BEGIN + AlignedMemory.PAGE - 1 & -AlignedMemory.PAGE, AlignedMemory.PAGE);
    }

    int capacity() {
        return memory.capacity() - BEGIN;
    }

    ByteBuffer slice(int offset, int length) {
        return memory.slice(BEGIN + offset, length);
    }

    void put(int offset, byte[] data) {
        memory.buffer().put(BEGIN + offset, data);
    }

    /** From now on only this range may be written to, as far as {@link #damage} can see. */
    void guard(int offset, int length) {
        first = BEGIN + offset;
        end = first + length;
        for (int i = 1; i <= GUARD; i++) {
            memory.buffer().put(first - i, PATTERN);
            memory.buffer().put(end + i - 1, PATTERN);
        }
    }

    /** What was written outside the range, or {@code null}. */
    String damage() {
        for (int i = 1; i <= GUARD; i++) {
            if (memory.buffer().get(first - i) != PATTERN) {
                return "wrote to byte " + i + " before its memory";
            }
            if (memory.buffer().get(end + i - 1) != PATTERN) {
                return "wrote to byte " + i + " behind its memory";
            }
        }
        return null;
    }
}
