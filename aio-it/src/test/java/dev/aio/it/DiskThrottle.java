package dev.aio.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A slow disk for one process and its children: a cgroup (v1 or v2) that limits its reads per second until it is closed. */
public final class DiskThrottle implements AutoCloseable {

    private static final Path V1 = Path.of("/sys/fs/cgroup/blkio");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final Path root;
    private final Path group;
    private final long pid;

    private DiskThrottle(Path root, long pid) throws IOException {
        this.root = root;
        this.pid = pid;
        group = Files.createDirectory(root.resolve("aio-it-" + pid));
    }

    /** Skips the test where there is no such cgroup controller. */
    public static DiskThrottle readsPerSecond(int limit, long pid, Path onDiskOf) throws IOException {
        Host.assumeRoot("to throttle a disk");
        String disk = diskOf(onDiskOf);
        DiskThrottle throttle;
        if (Files.isDirectory(V1)) {
            throttle = new DiskThrottle(V1, pid);
            Host.write(throttle.group.resolve("blkio.throttle.read_iops_device").toString(), disk + ' ' + limit);
        } else {
            Host.assume(
                    Files.exists(V2.resolve("cgroup.controllers"))
                            && Host.read(V2.resolve("cgroup.controllers").toString())
                                    .contains("io"),
                    "no cgroup that throttles disks");
            Host.write(V2.resolve("cgroup.subtree_control").toString(), "+io");
            throttle = new DiskThrottle(V2, pid);
            Host.write(throttle.group.resolve("io.max").toString(), disk + " riops=" + limit);
        }
        throttle.moveTo(throttle.group);
        return throttle;
    }

    /** Reads that have reached the disk since the throttle was set. */
    public long reads() {
        boolean v1 = root.equals(V1);
        String counters = Host.read(
                group.resolve(v1 ? "blkio.throttle.io_serviced" : "io.stat").toString());
        Matcher reads = Pattern.compile(v1 ? " Read (\\d+)" : " rios=(\\d+)").matcher(counters);
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

    private void moveTo(Path target) {
        Path members = target.resolve("cgroup.procs");
        Host.write(members.toString(), Long.toString(pid));
        ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .forEach(child -> Host.write(members.toString(), Long.toString(child.pid())));
    }

    @Override
    public void close() {
        try {
            moveTo(root);
            Files.delete(group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
