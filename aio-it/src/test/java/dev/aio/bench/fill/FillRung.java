package dev.aio.bench.fill;

import dev.aio.core.AioCompletion;
import dev.aio.core.AlignedMemory;
import java.io.IOException;

/**
 * The page cache, filled without a thread: a read that must not wait is declined, but has started readahead of what it
 * asked for; a direct read of the window's last page, queued behind that, tells when it has come. Nothing guarantees
 * this order, so residency is asked for again, and where it is not given the direct rung is the way out.
 */
final class FillRung implements Rung, AioCompletion {

    private final DirectRung direct;
    private final Window[] windows;
    private long notices;
    private long resident;

    FillRung(DirectRung direct, Window[] windows) {
        this.direct = direct;
        this.windows = windows;
    }

    @Override
    public void begin(Window window) throws IOException {
        Range range = window.range();
        int read = range.file().readResident(range.position(), window.memory(), 0, range.length());
        if (read == range.length()) {
            window.isInPageCache(); // since it was asked about
            return;
        }
        int last = range.length() - AlignedMemory.PAGE;
        direct.read(range, window, last, AlignedMemory.PAGE, this);
    }

    @Override
    public void completed(long slot, long result) {
        DirectRung.expect(AlignedMemory.PAGE, result);
        Window window = windows[(int) slot];
        notices++;
        if (window.range().isResident()) {
            resident++;
            window.isInPageCache();
            return;
        }
        try {
            direct.begin(window);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void await() {
        direct.await();
    }

    /** Windows whose end was told by a read of their last page. */
    long notices() {
        return notices;
    }

    /** Windows that were in the page cache then; the others went by the direct rung. */
    long resident() {
        return resident;
    }
}
