package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlockDeviceTest {

    @Test
    void shouldKnowTheNumberAndSizeOfEachWithoutOpeningIt() throws IOException {
        List<Path> devices;
        try (Stream<Path> all = Files.list(Path.of("/sys/block"))) {
            devices = all.collect(Collectors.toList());
        }
        int known = 0;
        for (Path device : devices) {
            String node = "/dev/" + device.getFileName();
            int fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path(node), Linux.O_PATH, 0);
            if (fd < 0) {
                continue; // containers have few nodes
            }
            try {
                long number = BlockDevice.number(fd, node);
                assertThat((number >>> 32) + ":" + (int) number)
                        .isEqualTo(Files.readString(device.resolve("dev")).trim());
                long sectors =
                        Long.parseLong(Files.readString(device.resolve("size")).trim());
                assertThat(BlockDevice.size(number, node)).isEqualTo(sectors * 512);
                known++;
            } finally {
                Native.close(fd);
            }
        }
        assumeTrue(known > 0, "no block device is shown here");
    }

    @Test
    void shouldSayWhereItLookedForTheSize() {
        assertThatThrownBy(() -> BlockDevice.size(4095L << 32 | 7, "/dev/node"))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("/dev/node (cannot read /sys/dev/block/4095:7/size");
    }
}
