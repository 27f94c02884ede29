package dev.aio.core;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Has mapped what is asked about often of a file, see {@link AioFile#mapHotRanges}. Any thread that holds a count of it. */
record HotRanges(AioFile file, MappingBudget budget, Executor executor) {

    /** Never waits, unless the executor does. */
    void mapIfWanted() {
        if (!file.residency().wantsMapping()) {
            return;
        }
        Task task = new Task(file.retain(), budget);
        try {
            executor.execute(task);
        } catch (RuntimeException | Error refused) { // an executor without a thread: nothing depends on it
            file.residency().mappingRefused();
            task.end();
        }
    }

    /** Holds a count. No lambda, which an event loop would have to link. */
    private static final class Task implements Runnable {

        private final AioFile file;
        private final MappingBudget budget;
        private final AtomicBoolean ended = new AtomicBoolean();

        Task(AioFile file, MappingBudget budget) {
            this.file = file;
            this.budget = budget;
        }

        @Override
        public void run() {
            try {
                file.residency().map(budget);
            } finally {
                end();
            }
        }

        void end() {
            if (ended.compareAndSet(false, true)) {
                file.release();
            }
        }
    }
}
