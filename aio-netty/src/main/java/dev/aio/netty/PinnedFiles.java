package dev.aio.netty;

import dev.aio.core.AioException;
import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import dev.aio.core.PagePin;
import dev.aio.core.internal.Linux;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the files that are sent from the page cache most often locked there, within a limit: before their sendfile nothing has
 * to be asked, and no scan of cold files evicts them.
 *
 * <p>How often a file is sent is looked at when its name is looked up again, once a second by default. One that is sent often
 * enough is pinned if there is room, or if those that have to give way for it are sent less than half as often. As long as
 * anything is looked up, all pins are renewed once a second. What the process may not lock lowers the limit for a minute.
 *
 * <p>Locking may wait for a disk: it is done on the lane, by one task at a time, to which the map of pins belongs. Any
 * thread may call the rest, which never waits.
 */
final class PinnedFiles {

    /** In bytes: what one sendfile sends, so that the version of the file is asked for before each. */
    static final int LARGEST = 512 * 1024;

    /** Sends a second from which on a file is worth a pin, which costs as much as asking some fifty times. */
    static final int HOT = 50;

    /** A little less than the second after which names are looked up again. */
    private static final long RENEWAL_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private static final long LOWERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AioTransport transport;
    private final LaneSequence steps;
    private final AtomicBoolean renewing = new AtomicBoolean(); // or about to
    private final Map<OpenFile, PagePin> pins = new HashMap<>(); // of the one running task
    private volatile long wantedLimit;
    private volatile long allowed = Long.MAX_VALUE;
    private volatile long allowedNanos; // when that was found
    private volatile long bytes;
    private volatile int files;
    private volatile long renewedNanos = System.nanoTime();
    private volatile long coldest; // sends a second of the pinned file that is sent least, when it was looked for
    private volatile long coldestNanos;

    PinnedFiles(AioTransport transport, long limit) {
        this.transport = transport;
        steps = new LaneSequence(transport.lane(), transport.logger(), "locking files in memory failed");
        wantedLimit = limit;
    }

    /** The name of a file was looked up again: pins it, if it is sent often enough. */
    void consider(OpenFile file, long nanoTime) {
        if (wantedLimit == 0) {
            return;
        }
        long heat = file.takeHeat(nanoTime);
        if (files > 0 && nanoTime - renewedNanos > RENEWAL_NANOS && renewing.compareAndSet(false, true)) {
            renewedNanos = nanoTime;
            steps.execute(this::renew);
        }
        boolean wanted = heat >= HOT && file.pin() == null && mayBePinned(file.file()) && mayFit(file, heat, nanoTime);
        if (wanted && file.tryRetain()) {
            steps.execute(() -> {
                try {
                    pin(file);
                } finally {
                    file.release();
                }
            });
        }
    }

    private static boolean mayBePinned(AioFile file) {
        return file.size() > 0 && file.size() <= LARGEST && file.canTellResidency() && !file.isLaneOnly();
    }

    private boolean mayFit(OpenFile file, long heat, long nanoTime) {
        return bytes + pages(file) <= limit(nanoTime) || heat >= 2 * coldest || nanoTime - coldestNanos > RENEWAL_NANOS;
    }

    private long limit(long nanoTime) {
        boolean lowered = allowed < wantedLimit && nanoTime - allowedNanos < LOWERED_NANOS;
        return lowered ? allowed : wantedLimit;
    }

    private static long pages(OpenFile file) {
        return (file.file().size() + AlignedMemory.PAGE - 1) & -AlignedMemory.PAGE;
    }

    private void pin(OpenFile file) {
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

    /** How often a pinned file is sent, as of now: loops go on counting while it is sorted by that. */
    private record Heat(OpenFile file, long perSecond) {}

    /** Those that are sent least, as many as it takes; {@code null} if one of them is sent too often for that. */
    private @Nullable List<OpenFile> roomFor(OpenFile file, long nanoTime) {
        List<OpenFile> giveWay = new ArrayList<>();
        long missing = bytes + pages(file) - limit(nanoTime);
        if (missing <= 0) {
            return giveWay;
        }
        List<Heat> all = pins.keySet().stream()
                .map(pinned -> new Heat(pinned, pinned.heat(nanoTime)))
                .sorted(Comparator.comparingLong(Heat::perSecond))
                .toList();
        coldest = all.isEmpty() ? Long.MAX_VALUE / 2 : all.get(0).perSecond; // of none, none gives way
        coldestNanos = nanoTime;
        long heat = file.heat(nanoTime);
        for (Heat pinned : all) {
            if (missing <= 0 || 2 * pinned.perSecond > heat) {
                break;
            }
            giveWay.add(pinned.file);
            missing -= pins.get(pinned.file).bytes();
        }
        return missing <= 0 ? giveWay : null;
    }

    /** A file that was changed meanwhile says nothing of what may be locked, neither does a lack of memory. */
    private void refused(OpenFile file, AioException cause) {
        try {
            boolean limited = cause.errno() == Linux.ENOMEM || cause.errno() == Linux.EPERM;
            if (!limited || file.file().isRewrittenSince(file.file().stat())) {
                return;
            }
        } catch (AioException cannotTell) {
            return;
        }
        allowed = cause.errno() == Linux.EPERM ? 0 : Math.max(0, bytes + pages(file) - AlignedMemory.PAGE);
        allowedNanos = System.nanoTime();
        transport
                .logger()
                .debug("{} bytes of hot files are locked in memory, and no more: {}", bytes, cause.getMessage());
    }

    private void renew() {
        renewing.set(false);
        for (OpenFile file : List.copyOf(pins.keySet())) {
            try {
                pins.get(file).renew();
            } catch (AioException changed) {
                unpin(file);
            }
        }
    }

    private void unpin(OpenFile file) {
        PagePin pin = pins.remove(file);
        if (pin != null) {
            file.pin(null);
            bytes -= pin.bytes();
            files = pins.size();
            pin.close();
        }
    }

    /** A file is no longer open under its name. */
    void retired(OpenFile file) {
        file.retired();
        if (file.pin() != null) {
            steps.execute(() -> unpin(file));
        }
    }

    TransportSnapshot.Pinned snapshot() {
        return new TransportSnapshot.Pinned(limit(System.nanoTime()), bytes, files);
    }

    /** Whether nothing is being done. */
    boolean isIdle() {
        return steps.isIdle();
    }

    /** Ends all pins, before the lane ends. */
    void close() {
        wantedLimit = 0;
        steps.execute(() -> List.copyOf(pins.keySet()).forEach(this::unpin));
    }
}
