package dev.aio.bench.fill;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.OperationOptions;
import java.io.IOException;

/** Direct reads past the page cache into the window's memory. */
final class DirectRung implements Rung, AioCompletion {

    /** Completions called at once. */
    static final int BATCH = 16;

    private static final OperationOptions NOWAIT = OperationOptions.NONE.nowait();

    private final AioContext context;
    private final Window[] windows;

    DirectRung(AioContext context, Window[] windows) {
        this.context = context;
        this.windows = windows;
    }

    @Override
    public void begin(Window window) throws IOException {
        Range range = window.range();
        read(range, window, 0, range.length(), this);
    }

    /** A part of the range into the same place of the window's memory. */
    void read(Range range, Window window, int offset, int length, AioCompletion completion) throws IOException {
        long operation = context.read(
                range.file(),
                range.position() + offset,
                window.memory(),
                offset,
                length,
                NOWAIT,
                completion,
                window.slot());
        if (operation == AioContext.REJECTED) {
            throw new IOException("the context takes no more operations");
        }
        context.submit();
    }

    @Override
    public void completed(long slot, long result) {
        Window window = windows[(int) slot];
        expect(window.range().length(), result);
        window.isInMemory();
    }

    /** A failure ends the measurement: here nothing is to be declined or cut short. */
    static void expect(int length, long result) {
        if (result != length) {
            throw new IllegalStateException("a direct read answered " + result + " (expected: " + length + ')');
        }
    }

    @Override
    public void await() {
        context.getEvents(1, BATCH, -1);
    }
}
