package dev.aio.netty;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often each {@link Rung} answered, and with how many bytes. Any thread may count and read. */
public final class RungCounters {

    private final LongAdder[] counts = adders();
    private final LongAdder[] bytes = adders();

    RungCounters() {}

    private static LongAdder[] adders() {
        LongAdder[] adders = new LongAdder[Rung.values().length];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    /** Counts one use. */
    public void add(Rung rung) {
        counts[rung.ordinal()].increment();
    }

    /** Counts one use that moved {@code n} bytes. */
    public void add(Rung rung, long n) {
        counts[rung.ordinal()].increment();
        bytes[rung.ordinal()].add(n);
    }

    /** Uses so far. */
    public long count(Rung rung) {
        return counts[rung.ordinal()].sum();
    }

    /** Bytes so far. */
    public long bytes(Rung rung) {
        return bytes[rung.ordinal()].sum();
    }

    /** Bytes so far, by rung; rungs that moved none are left out. */
    public Map<Rung, Long> bytesSnapshot() {
        Map<Rung, Long> snapshot = new EnumMap<>(Rung.class);
        for (Rung rung : Rung.values()) {
            long n = bytes[rung.ordinal()].sum();
            if (n > 0) {
                snapshot.put(rung, n);
            }
        }
        return snapshot;
    }

    /** Uses so far, by rung; rungs never used are left out. */
    public Map<Rung, Long> snapshot() {
        Map<Rung, Long> snapshot = new EnumMap<>(Rung.class);
        for (Rung rung : Rung.values()) {
            long n = counts[rung.ordinal()].sum();
            if (n > 0) {
                snapshot.put(rung, n);
            }
        }
        return snapshot;
    }
}
