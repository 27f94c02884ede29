package dev.aio.netty;

/**
 * How many windows ahead each of many clients should read from one disk, found by trial: some disks give a quarter less when
 * twice as much is in flight, others a third more. The rate at which windows come, to all loops together, is measured over
 * periods of 32 MiB. Now and then one window more is tried, and kept if bytes come faster by a twentieth; or one less, and
 * kept if they come about as fast, since what is in flight is what newcomers wait for. The longer nothing was better, the
 * more seldom.
 *
 * <p>Any thread.
 */
public final class DiskAppetite {

    /** Four windows of 256 KiB are 1 MiB for each client. */
    public static final int MOST = 4;

    private static final long PERIOD_BYTES = 32L << 20;
    private static final double BETTER = 1.05;
    private static final double AS_GOOD = 0.98;
    private static final int TRIAL = 3; // periods
    private static final int DOUBLINGS = 5; // of the time between trials

    /** Who waits so long for a window has met a pause of those who ask, not of the disk: a throttled one rests 100 ms. */
    private static final long PAUSE_NANOS = 250_000_000;

    private volatile int windows = 1; // or what is being tried
    private int kept = windows;
    private int direction = 1;
    private int failures; // trials since something was better
    private int rest = TRIAL; // periods to be measured before the next trial
    private double keptRate; // of the last few periods, bytes a ns

    private boolean measures;
    private long begin; // of the period, as System.nanoTime
    private long last;
    private long bytes;
    private int periods; // with this number of windows; the first is not counted, since it has reads of before
    private double rates; // of the others, in sum

    DiskAppetite() {}

    /** Windows to have read, or being read, ahead of the one that a client is sent. */
    public int windows() {
        return windows;
    }

    /**
     * A window has come from the disk, to a loop that keeps it busy.
     *
     * @param length bytes
     * @param nanoTime {@link System#nanoTime()}
     */
    public synchronized void came(int length, long nanoTime) {
        if (!measures || nanoTime - last > PAUSE_NANOS) {
            measures = true;
            begin = nanoTime;
            bytes = 0;
            begin(kept); // half a trial of before the pause says nothing
        }
        last = nanoTime;
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
            // what was long ago was perhaps another hour
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
        if (tried > keptRate * (windows > kept ? BETTER : AS_GOOD)) {
            kept = windows;
            keptRate = tried;
            failures = 0;
            rest = TRIAL;
        } else {
            direction = -direction;
            failures++;
            rest = TRIAL << Math.min(failures / 2, DOUBLINGS);
        }
        begin(kept);
    }

    private void begin(int number) {
        windows = number;
        periods = 0;
        rates = 0;
    }
}
