package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Prepares files on the lane, each once at a time, however many readers of however many loops wait for
 * it: a crowd at a cold file takes one lane thread and not all of them. Any thread may call.
 */
final class Preparations {

    private final AioTransport transport;
    private final Map<Key, List<Consumer<Throwable>>> running = new HashMap<>();

    Preparations(AioTransport transport) {
        this.transport = transport;
    }

    /** Files have no equals: it is the object that counts. */
    private record Key(AioFile file, boolean direct) {}

    /**
     * @param direct whether the {@code O_DIRECT} description is to be opened as well
     * @param done called on the lane with what failed, or {@code null}
     * @throws RejectedExecutionException if the lane is full; {@code done} is then not called
     */
    void prepare(AioFile file, boolean direct, Consumer<Throwable> done) {
        Key key = new Key(file, direct);
        synchronized (running) {
            List<Consumer<Throwable>> waiting = running.get(key);
            if (waiting != null) {
                waiting.add(done);
                return;
            }
            file.retain();
            try {
                transport.lane().execute(() -> run(key));
            } catch (RejectedExecutionException overload) {
                file.release();
                throw overload;
            }
            running.put(key, new ArrayList<>(List.of(done)));
        }
    }

    private void run(Key key) {
        Throwable failure = null;
        try {
            transport.counters().add(Rung.PREPARE_LANE);
            key.file.prepare();
            if (key.direct) {
                key.file.openDirect();
            }
        } catch (AioException | RuntimeException | Error e) {
            failure = e;
        }
        List<Consumer<Throwable>> waiting;
        synchronized (running) {
            waiting = running.remove(key);
        }
        key.file.release();
        for (Consumer<Throwable> done : waiting) {
            done.accept(failure);
        }
    }
}
