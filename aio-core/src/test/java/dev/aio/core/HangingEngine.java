package dev.aio.core;

import dev.aio.core.internal.IoEngine;

/** Gives one event, and no other before it is told to: as if a disk did not answer. */
final class HangingEngine implements IoEngine {

    private final IoEngine engine;
    private int given;
    private boolean hanging = true;
    private boolean stuck;

    HangingEngine(IoEngine engine) {
        this.engine = engine;
    }

    void goOn() {
        hanging = false;
    }

    /** Whether somebody has waited for more events than there were. */
    boolean wasStuck() {
        return stuck;
    }

    @Override
    public boolean next() {
        if (hanging && given > 0 || !engine.next()) {
            return false;
        }
        given++;
        return true;
    }

    @Override
    public int fetch(int min, int max, long timeoutNanos) {
        if (hanging && given + min > 1) {
            stuck = true;
            hanging = false; // so that the test ends
        }
        return engine.fetch(min, max, timeoutNanos);
    }

    @Override
    public int submit(int count) {
        return engine.submit(count);
    }

    @Override
    public int submitAlone(int slot) {
        return engine.submitAlone(slot);
    }

    @Override
    public int cancel(int slot) {
        return engine.cancel(slot);
    }

    @Override
    public long data() {
        return engine.data();
    }

    @Override
    public long result() {
        return engine.result();
    }

    @Override
    public boolean reapsInUserSpace() {
        return engine.reapsInUserSpace();
    }

    @Override
    public void destroy() {
        engine.destroy();
    }
}
