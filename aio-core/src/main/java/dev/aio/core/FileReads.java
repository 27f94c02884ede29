package dev.aio.core;

import dev.aio.core.internal.BlockingCalls;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.lang.ref.Reference;

/**
 * The system calls that read from a file's descriptions in place. Memory is kept reachable until they have ended:
 * of the address alone the collector does not know. Whoever calls holds a count of the file.
 */
final class FileReads {

    private final FileDescriptors descriptors;
    private final DeviceTraits traits;

    FileReads(FileDescriptors descriptors, DeviceTraits traits) {
        this.descriptors = descriptors;
        this.traits = traits;
    }

    /** See {@link AioFile#readResident}. */
    int resident(long position, AlignedMemory memory, int offset, int length) {
        try {
            return resident(position, memory.address(offset, length), length);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** The same, into memory that the caller keeps reachable. */
    int resident(long position, long address, int length) {
        if (!traits.nowaitBuffered) {
            return -Linux.EAGAIN;
        }
        int read = Native.preadv2(descriptors.buffered(), address, length, position, Linux.RWF_NOWAIT);
        if (read == -Linux.EOPNOTSUPP || read == -Linux.ENOSYS || read == -Linux.EPERM) {
            traits.nowaitBuffered = false;
            return -Linux.EAGAIN;
        }
        return read;
    }

    /** Waits. */
    int from(int fd, long position, AlignedMemory memory, int offset, int length) {
        try {
            return BlockingCalls.read(fd, memory.address(offset, length), length, position, 0);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
