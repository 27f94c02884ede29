package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import dev.aio.core.PagePin;
import dev.aio.core.internal.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the files that are sent from the page cache most often locked there, within a limit: before their sendfile nothing has
 * to be asked, and no scan of cold files evicts them.
 *
 * <p>How often a file is sent is looked at when its name is looked up again, once a second. One that is sent often enough is
 * pinned if there is room, or if those that have to give way for it are sent less than half as often. What the process may
 * not lock lowers the limit. Pins are made and ended on the lane, under this object's monitor, which no loop takes; any thread
 * may call the rest.
 */
final class PinnedFiles {

    /** In bytes: what one sendfile sends, so that the version of the file is asked for before each. */
    static final int LARGEST = 512 * 1024;

    /** Sends a second from which on a file is worth a pin, which costs as much as asking some fifty times. */
    static final int HOT = 50;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AioTransport transport;
    private final Map<OpenFile, PagePin> pins = new HashMap<>();
    private volatile long limit;
    private volatile long bytes;
    private volatile int files;
    private volatile long coldest; // sends a second of the pinned file that is sent least, when it was looked for
    private volatile long coldestNanos;

    PinnedFiles(AioTransport transport, long limit) {
        this.transport = transport;
        this.limit = limit;
    }

    /** The name of a file was looked up again: pins it, if it is sent often enough. Never waits. */
    void consider(OpenFile file, long nanoTime) {
        if (limit == 0) {
            return;
        }
        long heat = file.takeHeat(nanoTime);
        PagePin pin = file.pin();
        if (pin != null) {
            if (!pin.holds()) {
                transport.lane().closer().execute(() -> unpin(file));
            }
            return;
        }
        if (heat < HOT || !mayBePinned(file.file()) || !mayFit(file, heat, nanoTime) || !file.tryRetain()) {
            return;
        }
        try {
            transport.lane().execute(() -> {
                try {
                    pin(file);
                } finally {
                    file.release();
                }
            });
        } catch (RejectedExecutionException overload) {
            file.release(); // there will be a calmer second
        }
    }

    private static boolean mayBePinned(AioFile file) {
        return file.size() > 0 && file.size() <= LARGEST && file.canTellResidency() && !file.isLaneOnly();
    }

    private boolean mayFit(OpenFile file, long heat, long nanoTime) {
        return bytes + pages(file) <= limit || heat >= 2 * coldest || nanoTime - coldestNanos > LOOK_NANOS;
    }

    private static long pages(OpenFile file) {
        return (file.file().size() + AlignedMemory.PAGE - 1) & -AlignedMemory.PAGE;
    }

    private synchronized void pin(OpenFile file) {
        if (file.pin() != null || !file.file().isResident(0, file.file().size())) {
            return;
        }
        List<OpenFile> giveWay = roomFor(file, System.nanoTime());
        if (giveWay == null) {
            return;
        }
        giveWay.forEach(this::unpin);
        try {
            PagePin pin = PagePin.of(file.file());
            pins.put(file, pin);
            bytes += pin.bytes();
            files = pins.size();
            file.pin(pin);
            if (file.isRetired()) { // meanwhile; who retires it from now on sees the pin
                unpin(file);
            }
        } catch (AioException e) {
            refused(file, e);
        }
    }

    /** Those that are sent least, as many as it takes; {@code null} if one of them is sent too often for that. */
    private @Nullable List<OpenFile> roomFor(OpenFile file, long nanoTime) {
        long missing = bytes + pages(file) - limit;
        List<OpenFile> giveWay = new ArrayList<>();
        if (missing <= 0) {
            return giveWay;
        }
        List<OpenFile> all = new ArrayList<>(pins.keySet());
        all.sort(Comparator.comparingLong(pinned -> pinned.heat(nanoTime)));
        coldest = all.isEmpty() ? 0 : all.get(0).heat(nanoTime);
        coldestNanos = nanoTime;
        for (OpenFile pinned : all) {
            if (missing <= 0 || 2 * pinned.heat(nanoTime) > file.heat(nanoTime)) {
                break;
            }
            giveWay.add(pinned);
            missing -= pins.get(pinned).bytes();
        }
        return missing <= 0 ? giveWay : null;
    }

    private void refused(OpenFile file, AioException cause) {
        try {
            if (file.file().currentSize() < file.file().size()) {
                return; // it was cut off, and that is all
            }
        } catch (IOException gone) {
            return;
        }
        limit = cause.errno() == Linux.EPERM ? 0 : Math.max(0, bytes + pages(file) - AlignedMemory.PAGE);
        transport.logger().debug("hot files are locked in memory up to {} bytes only: {}", limit, cause.getMessage());
    }

    private synchronized void unpin(OpenFile file) {
        PagePin pin = pins.remove(file);
        if (pin != null) {
            file.pin(null);
            bytes -= pin.bytes();
            files = pins.size();
            pin.close();
        }
    }

    /** A file is no longer open under its name. Never waits. */
    void retired(OpenFile file) {
        file.retired();
        if (file.pin() != null) {
            transport.lane().closer().execute(() -> unpin(file));
        }
    }

    TransportSnapshot.Pinned snapshot() {
        return new TransportSnapshot.Pinned(limit, bytes, files);
    }

    /** Ends all pins. Not for event loops. */
    synchronized void close() {
        limit = 0;
        List.copyOf(pins.keySet()).forEach(this::unpin);
    }
}
