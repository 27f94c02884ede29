package dev.aio.core;

import java.util.SplittableRandom;

/**
 * One operation of a randomised run and what is done right after it. A function of seed and index alone, so
 * that the first n operations are the same whatever follows.
 *
 * @param position in bytes; where {@code nearEnd} counted from a little before the end of the file
 * @param offset into the operation's memory, in bytes
 * @param aligned whether positions, lengths and offsets are rounded to what direct operations need
 * @param pick which one, where there is a choice
 * @param submits whether submit() follows
 * @param reaps completions to reap at most, 0 for none
 * @param waitsFor completions to wait for
 */
record ModelStep(
        int index,
        Kind kind,
        boolean direct,
        boolean aligned,
        boolean nearEnd,
        long position,
        int length,
        int offset,
        int pieces,
        Flags flags,
        int pick,
        boolean submits,
        int reaps,
        int waitsFor) {

    /** Most bytes of the file. */
    static final int FILE_SIZE = 2 << 20;

    enum Kind {
        READ(200),
        READ_BUFFER(60),
        READ_VECTORED(60),
        WRITE(160),
        WRITE_BUFFER(50),
        WRITE_VECTORED(50),
        APPEND(25),
        SYNC(3),
        DATA_SYNC(5),
        POLL_READY(25),
        POLL_WAIT(15),
        SIGNAL(10),
        CANCEL(30),
        CANCEL_AGAIN(5),
        TRUNCATE(12),
        PREALLOCATE(2),
        ZERO_FILL(2),
        BAD(60),
        REOPEN(2);

        private static final Kind[] WEIGHTED = weighted();
        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        private static Kind[] weighted() {
            int sum = 0;
            for (Kind kind : values()) {
                sum += kind.weight;
            }
            Kind[] all = new Kind[sum];
            int at = 0;
            for (Kind kind : values()) {
                for (int i = 0; i < kind.weight; i++) {
                    all[at++] = kind;
                }
            }
            return all;
        }

        boolean isWrite() {
            return this == WRITE || this == WRITE_BUFFER || this == WRITE_VECTORED || this == APPEND;
        }

        boolean isTransfer() {
            return ordinal() <= APPEND.ordinal();
        }

        boolean isVectored() {
            return this == READ_VECTORED || this == WRITE_VECTORED;
        }
    }

    enum Flags {
        NONE(OperationOptions.NONE),
        NOWAIT(OperationOptions.NONE.nowait()),
        HELPER(OperationOptions.NONE.helperSubmits()),
        PRIORITY(OperationOptions.NONE.priority(IoPriority.of(IoPriority.Class.BEST_EFFORT, 6))),
        DSYNC(OperationOptions.NONE.dsync());

        final OperationOptions options;

        Flags(OperationOptions options) {
            this.options = options;
        }
    }

    static ModelStep of(long seed, int index) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + index);
        Kind kind = Kind.WEIGHTED[random.nextInt(Kind.WEIGHTED.length)];
        return new ModelStep(
                index,
                kind,
                random.nextInt(5) < 2,
                random.nextInt(4) > 0,
                random.nextInt(8) == 0,
                random.nextInt(FILE_SIZE),
                length(random, kind),
                random.nextInt(3) == 0 ? random.nextInt(4096) : 0,
                random.nextInt(200) == 0 ? 1500 : 1 + random.nextInt(6),
                flags(random, kind),
                random.nextInt(1 << 30),
                random.nextInt(3) == 0,
                random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0,
                random.nextInt(2) == 0 ? 0 : random.nextInt(4));
    }

    private static int length(SplittableRandom random, Kind kind) {
        int shape = random.nextInt(1000);
        if (shape < 20) {
            return 0;
        } else if (shape < 22) {
            return 1 << 20 | random.nextInt(500_000); // goes through a bounce buffer in several rounds
        } else if (shape < 30) {
            return 64 << 10 | random.nextInt(64 << 10);
        }
        return 1 + random.nextInt(shape < 500 ? 4096 : 24 << 10);
    }

    private static Flags flags(SplittableRandom random, Kind kind) {
        int which = random.nextInt(200);
        if (kind.isWrite() && which < 2) {
            return Flags.DSYNC;
        }
        return which < 10 ? Flags.NOWAIT : which < 20 ? Flags.HELPER : which < 30 ? Flags.PRIORITY : Flags.NONE;
    }

    @Override
    public String toString() {
        return index + ": " + kind + (direct ? " direct" : " buffered") + (aligned ? " aligned" : "") + ' ' + length
                + " bytes at " + (nearEnd ? "about the end" : position) + ", memory +" + offset
                + (kind.isVectored() ? ", " + pieces + " pieces" : "") + (flags == Flags.NONE ? "" : ", " + flags)
                + ", pick " + pick + (submits ? "; submit" : "")
                + (reaps > 0 ? "; reap " + waitsFor + ".." + reaps : "");
    }
}
