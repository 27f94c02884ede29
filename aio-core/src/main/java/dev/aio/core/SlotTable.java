package dev.aio.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The operations of one context: those that are free, and the queue of those to be submitted. */
final class SlotTable {

    private final Operation[] operations;
    private final Operation[] free;
    private int freeCount;

    // Prepared operations in the order of their submission; a ring with room for every slot.
    private final Operation[] prepared;
    private int preparedHead;
    private int preparedCount;

    private long accepted;

    SlotTable(int slots, int number) {
        operations = new Operation[slots];
        // The golden ratio's bits: neighbours begin far apart.
        int generations = number * 0x9e3779b9 & Integer.MAX_VALUE;
        Arrays.setAll(operations, slot -> new Operation(slot, generations));
        prepared = new Operation[slots];
        free = new Operation[slots];
        // The lowest slots on top: a lightly used context stays within a few cache lines.
        for (int i = 0; i < slots; i++) {
            free[i] = operations[slots - 1 - i];
        }
        freeCount = slots;
    }

    /** A free operation, or {@code null} if all are taken. */
    @Nullable
    Operation take() {
        if (freeCount == 0) {
            return null;
        }
        Operation operation = free[--freeCount];
        operation.begin(accepted++);
        return operation;
    }

    /** The operation has ended: it may be taken again. */
    void give(Operation operation) {
        operation.end();
        free[freeCount++] = operation;
    }

    /** The operation with this id, or {@code null} if it has ended. */
    @Nullable
    Operation find(long id) {
        int slot = (int) id;
        if (slot < 0 || slot >= operations.length) {
            return null;
        }
        Operation operation = operations[slot];
        return operation.state != Operation.State.FREE && operation.id() == id ? operation : null;
    }

    /** All, also free ones. */
    Operation[] all() {
        return operations;
    }

    void queue(Operation operation) {
        operation.state = Operation.State.PREPARED;
        prepared[wrap(preparedHead + preparedCount++)] = operation;
    }

    /** Queues an operation to be submitted before all others. */
    void queueFirst(Operation operation) {
        operation.state = Operation.State.PREPARED;
        preparedHead = preparedHead == 0 ? prepared.length - 1 : preparedHead - 1;
        prepared[preparedHead] = operation;
        preparedCount++;
    }

    /** The {@code i}-th of the prepared ones, counted from the one to be submitted first. */
    Operation prepared(int i) {
        return prepared[wrap(preparedHead + i)];
    }

    void dropPrepared(int n) {
        for (int i = 0; i < n; i++) {
            prepared[wrap(preparedHead + i)] = null;
        }
        preparedHead = wrap(preparedHead + n);
        preparedCount -= n;
    }

    /** Takes an operation out of the queue, wherever it is; answers where it was. */
    int unqueue(Operation operation) {
        int at = 0;
        while (prepared(at) != operation) {
            at++;
        }
        for (int i = at; i < preparedCount - 1; i++) {
            prepared[wrap(preparedHead + i)] = prepared(i + 1);
        }
        prepared[wrap(preparedHead + --preparedCount)] = null;
        return at;
    }

    private int wrap(int at) {
        return at >= prepared.length ? at - prepared.length : at;
    }

    int preparedCount() {
        return preparedCount;
    }
}
