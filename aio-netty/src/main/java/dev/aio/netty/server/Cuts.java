package dev.aio.netty.server;

import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;

/** How often a time limit has cut a client, by the limit. Any thread counts and asks. */
final class Cuts {

    /** What a client did not do in time. */
    enum Reason {
        /** Said nothing at all. */
        SILENT("silent"),
        SLOW_HANDSHAKE("slow handshakes"),
        /** The head of a request, or a frame of HTTP/2. */
        SLOW_HEAD("slow heads"),
        SLOW_READER("slow readers"),
        /** A stream of HTTP/2 that its client grants no window; its connection lives on. */
        STALLED_STREAM("stalled streams"),
        IDLE("idle");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private final LongAdder[] counts = new LongAdder[Reason.values().length];

    Cuts() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void count(Reason reason) {
        counts[reason.ordinal()].increment();
    }

    long of(Reason reason) {
        return counts[reason.ordinal()].sum();
    }

    /** As in {@code 3 slow heads, 2 slow readers}; empty if there were none. */
    @Override
    public String toString() {
        StringJoiner all = new StringJoiner(", ");
        for (Reason reason : Reason.values()) {
            long count = of(reason);
            if (count > 0) {
                all.add(count + " " + reason.words);
            }
        }
        return all.toString();
    }
}
