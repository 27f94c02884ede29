package dev.aio.netty.stream;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * How many windows ahead each of many clients should read, found by trial: some disks give a quarter less when twice as
 * much is in flight, others a third more. The rate at which windows come is measured over periods of 32 MiB. Now and then one
 * window more is tried, or one less, and kept if bytes come faster by a twentieth; the longer nothing was better, the
 * more seldom.
 *
 * <p>Of one loop, all disks together; confined to its thread.
 */
final class DiskAppetite {

    /** Four windows of 256 KiB are 1 MiB for each client. */
    static final int MOST = 4;

    private static final long PERIOD_BYTES = 32L << 20;
    private static final double BETTER = 1.05;
    private static final int TRIAL = 3; // periods
    private static final int LONGEST_REST = 96;

    private static final FastThreadLocal<DiskAppetite> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected DiskAppetite initialValue() {
            return new DiskAppetite();
        }
    };

    private int kept = 2;
    private int windows = kept; // or what is being tried
    private int direction = 1;
    private int failures; // trials since something was better
    private int rest = TRIAL; // periods to be measured before the next trial
    private double keptRate; // of the last few periods, bytes a ns

    private long begin; // of the period, as System.nanoTime; 0: none is measured
    private long bytes;
    private int periods; // with this number of windows; the first is not counted, since it has reads of before
    private double rates; // of the others, in sum

    static DiskAppetite ofThread() {
        return OF_THREAD.get();
    }

    /** Windows to have read, or being read, ahead of the one that a client is sent. */
    int windows() {
        return windows;
    }

    /** The disk has too little to do for this to say anything. */
    void idle() {
        begin = 0;
    }

    /** A window has come from the disk, which has enough to do. */
    void came(int length, long nanoTime) {
        if (begin == 0) {
            begin = nanoTime;
            bytes = 0;
            return;
        }
        bytes += length;
        if (bytes >= PERIOD_BYTES && nanoTime > begin) {
            period((double) bytes / (nanoTime - begin));
            begin = nanoTime;
            bytes = 0;
        }
    }

    private void period(double rate) {
        if (periods++ == 0) {
            return;
        }
        rates += rate;
        if (windows == kept) {
            // what was long ago was perhaps another disk, or another hour
            keptRate = keptRate == 0 ? rate : keptRate + (rate - keptRate) / TRIAL;
            if (periods > rest) {
                begin(neighbour());
            }
        } else if (periods > TRIAL) {
            judge(rates / TRIAL);
        }
    }

    private int neighbour() {
        if (kept + direction < 1 || kept + direction > MOST) {
            direction = -direction;
        }
        return kept + direction;
    }

    private void judge(double tried) {
        if (tried > keptRate * BETTER) {
            kept = windows;
            keptRate = tried;
            failures = 0;
            rest = TRIAL;
        } else {
            direction = -direction;
            failures++;
            rest = Math.min(LONGEST_REST, TRIAL << Math.min(failures, 6) / 2);
        }
        begin(kept);
    }

    private void begin(int number) {
        windows = number;
        periods = 0;
        rates = 0;
    }
}
