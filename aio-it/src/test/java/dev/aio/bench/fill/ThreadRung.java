package dev.aio.bench.fill;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The page cache, filled by a thread that waits for the disk; the owner waits for the thread. */
final class ThreadRung implements Rung {

    private final Filler filler;
    private final BlockingQueue<Window> filled = new LinkedBlockingQueue<>();

    ThreadRung(Filler filler) {
        this.filler = filler;
    }

    @Override
    public void begin(Window window) {
        filler.fill(window.range(), () -> filled.add(window));
    }

    @Override
    public void await() throws InterruptedException {
        filled.take().isInPageCache();
    }

    @Override
    public long helperCpuNanos() {
        return filler.cpuNanos();
    }
}
