package dev.aio.bench.fill;

import dev.aio.core.AlignedMemory;
import java.io.IOException;
import java.util.List;

/** Ranges to a socket in order, a few of them in flight at a time. Confined to one thread. */
final class Pipe {

    private final Outlet outlet;
    private final Window[] windows;

    /**
     * @param inFlight windows at a time
     * @param size of each at most, in bytes
     */
    Pipe(Outlet outlet, int inFlight, int size) {
        this.outlet = outlet;
        windows = new Window[inFlight];
        for (int slot = 0; slot < inFlight; slot++) {
            windows[slot] = new Window(slot, AlignedMemory.allocate(size, AlignedMemory.PAGE));
        }
    }

    /** By slot. */
    Window[] windows() {
        return windows;
    }

    /** Sends all; what is not resident comes by the rung. */
    void send(List<Range> ranges, Rung rung) throws IOException, InterruptedException {
        int begun = 0;
        for (int sent = 0; sent < ranges.size(); sent++) {
            for (; begun < ranges.size() && begun < sent + windows.length; begun++) {
                begin(windows[begun % windows.length], ranges.get(begun), rung);
            }
            Window head = windows[sent % windows.length];
            while (!head.isReady()) {
                rung.await();
            }
            outlet.send(head);
        }
        rung.finish();
    }

    private static void begin(Window window, Range range, Rung rung) throws IOException {
        window.carry(range);
        if (range.isResident()) {
            window.isInPageCache();
        } else {
            rung.begin(window);
        }
    }
}
