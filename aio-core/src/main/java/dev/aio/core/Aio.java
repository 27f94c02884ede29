package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether Linux AIO can be had in this process, and if not, why. Files are opened on Linux 4.11 or later,
 * whatever carries out their operations: that is since when {@code statx} tells what they are.
 */
public final class Aio {

    private static final @Nullable Throwable UNAVAILABILITY_CAUSE = probe();

    private Aio() {}

    /**
     * Whether the kernel's {@link AioContext}s can be made here. One that is made may still fail, or be carried by
     * the lane, while the host's events are used up.
     */
    public static boolean isAvailable() {
        return UNAVAILABILITY_CAUSE == null;
    }

    /** Why {@link #isAvailable()} is {@code false}; {@code null} if it is {@code true}. */
    public static @Nullable Throwable unavailabilityCause() {
        return UNAVAILABILITY_CAUSE;
    }

    /**
     * @throws UnsatisfiedLinkError if {@link #isAvailable()} is {@code false}, with {@link
     *     #unavailabilityCause()} as its cause
     */
    public static void ensureAvailability() {
        if (UNAVAILABILITY_CAUSE != null) {
            throw (Error) new UnsatisfiedLinkError("Linux AIO is not available: " + UNAVAILABILITY_CAUSE.getMessage())
                    .initCause(UNAVAILABILITY_CAUSE);
        }
    }

    /** Whether the native library is loaded: files can be read without it only through the JDK. */
    public static boolean isNativeLibraryLoaded() {
        try {
            Native.ensureLoaded();
            return true;
        } catch (LinkageError e) {
            return false;
        }
    }

    /** Events charged to all contexts of this host ({@code fs.aio-nr}); -1 if /proc does not say. */
    public static long aioNr() {
        return sysctl("aio-nr");
    }

    /** The host's limit on {@link #aioNr()} ({@code fs.aio-max-nr}); -1 if /proc does not say. */
    public static long aioMaxNr() {
        return sysctl("aio-max-nr");
    }

    /**
     * Makes the process's descriptor table large enough for {@code count} descriptors, or as large as
     * its limit allows. The kernel enlarges the table of a threaded process only after an RCU grace
     * period (expand_files), tens of milliseconds in which the opening thread waits: better now than
     * in an event loop. May wait.
     */
    public static void reserveDescriptors(int count) {
        int own = Native.eventfd();
        for (int highest = count - 1; own >= 0 && highest > own; highest /= 2) {
            int duplicate = Native.dupfd(own, highest);
            if (duplicate >= 0) {
                Native.close(duplicate);
                break;
            }
        }
        if (own >= 0) {
            Native.close(own);
        }
    }

    /**
     * Takes beforehand what the process itself would otherwise take from the disk at some later time,
     * on whatever thread then needs it: maps the pages of native libraries and of the JVM's class
     * archive (drop_caches and, mostly, reclaim leave mapped pages alone), and has libc look for its
     * message catalogue, which the first strerror opens. For servers whose event loops must not wait;
     * costs some 40 MB of resident, shared file pages. Libraries that are loaded later are not among them. Does nothing
     * where the native library is not loaded. May wait.
     */
    public static void settleProcess() {
        if (!isNativeLibraryLoaded()) {
            return;
        }
        try (FileInputStream none = new FileInputStream("/proc/self/no-such-file")) {
            throw new IllegalStateException("exists: " + none);
        } catch (IOException expected) {
            // Its message came from strerror.
        }
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            maps.filter(Aio::isCode).forEach(Aio::populate);
        } catch (IOException | UncheckedIOException e) {
            return; // no /proc: it is a precaution, nothing depends on it
        }
    }

    /**
     * Whether a line of /proc/self/maps is of a file that is a native library ({@code .so}, {@code .so.6}) or a class
     * archive. No pattern: it would be compiled at each start for this alone.
     */
    static boolean isCode(String map) {
        int slash = map.lastIndexOf('/');
        if (slash < 0 || map.charAt(map.indexOf(' ') + 1) != 'r') {
            return false;
        }
        String name = map.substring(slash + 1);
        if (name.endsWith(DELETED)) {
            name = name.substring(0, name.length() - DELETED.length());
        }
        int library = name.lastIndexOf(".so");
        return name.endsWith(".jsa")
                || library > 0 && name.substring(library + 3).chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    /** What was unpacked from a jar loses its name once it is loaded. */
    private static final String DELETED = " (deleted)";

    /** Kernels before 5.14 answer EINVAL, and nothing is lost. */
    private static void populate(String map) {
        int dash = map.indexOf('-');
        long begin = Long.parseUnsignedLong(map.substring(0, dash), 16);
        long end = Long.parseUnsignedLong(map.substring(dash + 1, map.indexOf(' ')), 16);
        Native.madvise(begin, end - begin, Linux.MADV_POPULATE_READ);
    }

    private static @Nullable Throwable probe() {
        try {
            Native.ensureLoaded();
        } catch (LinkageError e) {
            return e;
        }
        // A context without events cannot be had, which is said by who knows contexts: one with events takes 30 ms to
        // destroy, even if it has never been used.
        long context = Native.ioSetup(0);
        if (context < 0) {
            return unavailability((int) -context);
        }
        Native.ioDestroy(context); // all the same: not Linux itself
        return null;
    }

    /**
     * What {@code io_setup} of no events says for good, other than that there are none: it is asked once, and there may
     * be events again in a moment.
     */
    static @Nullable Throwable unavailability(int errno) {
        return errno == Linux.EINVAL || errno == Linux.EAGAIN ? null : setupFailure(errno, 1);
    }

    /** Says why {@code io_setup} failed, with the numbers an operator needs. */
    static IOException setupFailure(int errno, int depth) {
        AioException cause = AioException.of(errno, "io_setup", null);
        switch (errno) {
            case Linux.ENOSYS:
                return new IOException(
                        "io_setup answers ENOSYS: the kernel is built without CONFIG_AIO, or a sandbox"
                                + " (gVisor, seccomp) hides Linux AIO from this process",
                        cause);
            case Linux.EPERM:
            case Linux.EACCES:
                return new IOException(
                        "io_setup answers "
                                + cause.errnoName()
                                + ": a seccomp profile forbids Linux AIO to this process; allow"
                                + " io_setup, io_submit, io_getevents and io_destroy in it",
                        cause);
            case Linux.EAGAIN:
                return new IOException(
                        "io_setup of depth "
                                + depth
                                + " answers EAGAIN: fs.aio-nr is "
                                + aioNr()
                                + " of fs.aio-max-nr "
                                + aioMaxNr()
                                + " on this host; raise it with sysctl -w fs.aio-max-nr=1048576, or"
                                + " use a smaller depth",
                        cause);
            default:
                return cause;
        }
    }

    /**
     * Asks for the whole number at once: of a sysctl that is a number the kernel gives nothing beyond the first read, and
     * {@link Files#readString}, not knowing the length, begins with one byte.
     */
    private static long sysctl(String name) {
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/fs", name))) {
            return Long.parseLong(file.readLine().trim());
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
