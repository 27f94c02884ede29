package dev.aio.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.Path;

/** Files of which {@code statx} is made to say another alignment than it does. */
final class FakeAlignment {

    private FakeAlignment() {}

    static AioFile open(Path path, int offsetAlignment) throws AioException {
        int buffered = openat(path, Linux.O_RDONLY);
        int direct = openat(path, Linux.O_RDONLY | Linux.O_DIRECT);
        assumeTrue(direct >= 0, "no O_DIRECT here");
        FileStat said = FileStat.query(buffered, path.toString(), 0);
        FileStat stat = new FileStat(
                said.device(),
                said.inode(),
                said.mode(),
                said.links(),
                said.uid(),
                said.size(),
                said.blockSize(),
                said.accessedNanos(),
                said.modifiedNanos(),
                said.changedNanos(),
                said.directMemoryAlignment(),
                offsetAlignment);
        FileDescriptors descriptors =
                new FileDescriptors(path.toString(), buffered, direct, Linux.O_RDONLY, Runnable::run);
        return new AioFile(descriptors, path.toString(), stat, 0, DeviceTraits.of(stat.device(), buffered));
    }

    private static int openat(Path path, int flags) {
        return Native.openat(Linux.AT_FDCWD, Scratch.get().path(path.toString()), flags, 0);
    }
}
