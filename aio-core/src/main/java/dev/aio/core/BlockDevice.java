package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which block device a node stands for, and how large it is: stat(2) of the node says 0 bytes. */
final class BlockDevice {

    private static final int SECTOR = 512; // the unit of sysfs, whatever the disk's own is

    private BlockDevice() {}

    /** The number of the device that a node stands for, in the form of {@link FileStat#device()}. */
    static long number(int fd, String path) throws AioException {
        Scratch scratch = Scratch.get();
        int result = Native.fstat(fd, scratch.out());
        if (result < 0) {
            throw AioException.of(result, "fstat", path);
        }
        return scratch.outLong(80);
    }

    /** Bytes, as sysfs has it: lseek(2) would move the position of whoever shares the description. */
    static long size(long number, String path) throws AioException {
        Path sectors = Path.of("/sys/dev/block/" + (number >>> 32) + ':' + (int) number + "/size");
        try {
            return Math.multiplyExact(Long.parseLong(Files.readString(sectors).trim()), SECTOR);
        } catch (IOException | NumberFormatException e) {
            throw AioException.of(Linux.EIO, "size", path + " (cannot read " + sectors + ": is /sys mounted?)");
        }
    }
}
