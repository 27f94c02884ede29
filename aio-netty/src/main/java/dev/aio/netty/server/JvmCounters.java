package dev.aio.netty.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's performance counters, of {@code jps} and {@code jstat}: a file in {@code /tmp} that HotSpot maps (perfMemory_posix.cpp)
 * and each thread writes to, event loops too. When the kernel has written such a page back, the next thread to write
 * to it has the inode's time updated first, and waits for the disk if the inode is no longer in memory.
 */
final class JvmCounters {

    private JvmCounters() {}

    /** {@code null}: they are in no file, or in one that is in memory. */
    static @Nullable String file() {
        try {
            Path pid = Files.readSymbolicLink(Path.of("/proc/self"));
            Path file = Path.of("/tmp", "hsperfdata_" + System.getProperty("user.name"), pid.toString());
            boolean onDisk =
                    Files.exists(file) && !Files.getFileStore(file).type().equals("tmpfs");
            return onDisk ? file.toString() : null;
        } catch (IOException e) {
            return null; // no /proc
        }
    }
}
