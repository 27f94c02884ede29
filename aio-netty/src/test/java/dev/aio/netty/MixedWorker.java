package dev.aio.netty;

import java.util.Random;

/** One thread's part of a {@link MixedRunTest}: the same kind of thing again and again. */
final class MixedWorker {

    /** What it does once. */
    interface Round {
        void run(Random random) throws Exception;
    }

    private final String name;
    private final long seed;
    private final Round round;
    private volatile long rounds;

    MixedWorker(String name, long seed, Round round) {
        this.name = name;
        this.seed = seed;
        this.round = round;
    }

    /** @param end as {@link System#nanoTime()} shows it */
    Void runUntil(long end) throws Exception {
        Random random = new Random(seed);
        long done = 0;
        while (System.nanoTime() < end) {
            try {
                round.run(random);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("'" + name + "' in round " + done + ", seed " + seed, e);
            }
            rounds = ++done;
        }
        return null;
    }

    String name() {
        return name;
    }

    long rounds() {
        return rounds;
    }

    @Override
    public String toString() {
        return name + '=' + rounds;
    }
}
