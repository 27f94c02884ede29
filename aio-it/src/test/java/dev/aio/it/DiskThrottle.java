package dev.aio.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A slow disk for one process and its children: a cgroup (v1 or v2) that limits its reads per second until it is closed. */
public final class DiskThrottle implements AutoCloseable {

    private final ControlGroup group;

    private DiskThrottle(ControlGroup group) {
        this.group = group;
    }

    /** Skips the test where there is no such cgroup controller. */
    public static DiskThrottle readsPerSecond(int limit, long pid, Path onDiskOf) throws IOException {
        Host.assumeRoot("to throttle a disk");
        String disk = diskOf(onDiskOf);
        ControlGroup group = ControlGroup.create("blkio", "io", pid);
        if (group.isV1()) {
            group.write("blkio.throttle.read_iops_device", disk + ' ' + limit);
        } else {
            group.write("io.max", disk + " riops=" + limit);
        }
        group.enter();
        return new DiskThrottle(group);
    }

    /** Reads that have reached the disk since the throttle was set. */
    public long reads() {
        String counters = group.read(group.isV1() ? "blkio.throttle.io_serviced" : "io.stat");
        Matcher reads =
                Pattern.compile(group.isV1() ? " Read (\\d+)" : " rios=(\\d+)").matcher(counters);
        return reads.results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    /** Major and minor number of the whole disk: partitions cannot be throttled. */
    static String diskOf(Path path) throws IOException {
        long device = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
        String numbers = (device >>> 8 & 0xfff) + ":" + (device & 0xff | device >>> 12 & 0xfff00);
        Path sys = Path.of("/sys/dev/block", numbers);
        Host.assume(Files.exists(sys), path + " is on no block device (" + numbers + ')');
        Path partition = sys.toRealPath();
        return Files.exists(partition.resolve("partition"))
                ? Host.read(partition.getParent().resolve("dev").toString())
                : numbers;
    }

    @Override
    public void close() {
        group.close();
    }
}
