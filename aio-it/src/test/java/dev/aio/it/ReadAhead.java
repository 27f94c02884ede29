package dev.aio.it;

import java.io.IOException;
import java.nio.file.Path;

/** How far the kernel reads ahead on the disk under a file, as sysfs has it. */
public final class ReadAhead {

    private ReadAhead() {}

    /** KiB; a file takes it over when it is opened. */
    public static int kilobytes(Path onDisk) throws IOException {
        return Integer.parseInt(Host.read(file(onDisk, "read_ahead_kb")));
    }

    /** KiB that one request of the disk carries: a read that is larger than the window is read ahead up to here. */
    public static int requestKilobytes(Path onDisk) throws IOException {
        return Integer.parseInt(Host.read(file(onDisk, "max_sectors_kb")));
    }

    /** For the files that are opened until it is closed, also those of others. */
    public static Host.Restored set(Path onDisk, int kilobytes) throws IOException {
        String file = file(onDisk, "read_ahead_kb");
        String before = Host.read(file);
        Host.write(file, Integer.toString(kilobytes));
        return () -> Host.write(file, before);
    }

    private static String file(Path onDisk, String name) throws IOException {
        return "/sys/dev/block/" + DiskThrottle.diskOf(onDisk) + "/queue/" + name;
    }
}
