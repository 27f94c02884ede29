package dev.aio.bench.fill;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/** What the server does at a second miss: windows go out by the direct rung, and a thread fills the page cache beside. */
final class BothRung implements Rung {

    private final DirectRung direct;
    private final Filler filler;
    private final Semaphore filled = new Semaphore(0);
    private int filling;

    BothRung(DirectRung direct, Filler filler) {
        this.direct = direct;
        this.filler = filler;
    }

    @Override
    public void begin(Window window) throws IOException {
        direct.begin(window);
        filling++;
        filler.fill(window.range(), filled::release);
    }

    @Override
    public void await() {
        direct.await();
    }

    @Override
    public void finish() throws InterruptedException {
        filled.acquire(filling);
        filling = 0;
    }

    @Override
    public long helperCpuNanos() {
        return filler.cpuNanos();
    }
}
