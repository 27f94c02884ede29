package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioCapabilities.Outcome;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioProbeTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void shouldTryEverythingInADirectoryAndLeaveNothingBehind() throws IOException {
        AioCapabilities found = AioProbe.probe(directory);
        assertThat(found.testedOn()).isEqualTo("a temporary file in " + directory);
        assertThat(found.kernelRelease()).isEqualTo(System.getProperty("os.version"));
        assertThat(found.aio().isYes()).isEqualTo(Aio.isAvailable());
        assertThat(found.aioMaxNr()).isEqualTo(Aio.aioMaxNr());
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
        assertThat(OpenDescriptors.under(directory)).isZero();
    }

    /** Facts of ext4 on a kernel that has all the calls: what FACTS.md was measured on. */
    @Test
    void shouldKnowExt4() throws IOException {
        AioCapabilities found = AioProbe.probe(directory);
        assumeTrue(found.fileSystem().equals("ext2/3/4"), () -> directory + " is on " + found.fileSystem());
        assumeTrue(found.aio().isYes(), () -> found.aio().detail());
        assertThat(found.eventLoop().isYes()).isTrue();
        assertThat(found.direct().isYes()).isTrue();
        assertThat(found.bufferedNowaitRead().isYes()).isTrue();
        assertThat(found.directNowaitRead().isYes()).isTrue();
        assertThat(found.directNowaitOverwrite().isYes()).isTrue();
        assertThat(found.operations())
                .containsOnlyKeys(
                        "fsync",
                        "fdsync",
                        "poll",
                        "rwf_dsync",
                        "rwf_sync",
                        "rwf_append",
                        "rwf_noappend",
                        "rwf_hipri",
                        "io_priority");
        assertThat(found.operations().get("fsync").isYes()).isTrue();
        assertThat(found.operations().get("poll").isYes()).isTrue();
        assertThat(found.operations().get("rwf_dsync").isYes()).isTrue();
        assertThat(found.bufferedNowaitWrite().outcome()).as("a write of ext4").isEqualTo(Outcome.NO);
        assertThat(found.directOffsetAlignment()).isPositive();
        assertThat(found.directMemoryAlignment()).isPositive();
    }

    @Test
    void shouldOnlyReadAFileThatItWasGiven() throws IOException {
        TestFile source = TestFile.create(directory, 10_000);
        byte[] before = Files.readAllBytes(source.path);
        AioCapabilities found = AioProbe.probe(source.path);
        assertThat(found.testedOn()).isEqualTo("the file itself, only read");
        assertThat(found.bufferedNowaitWrite().outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(found.directNowaitOverwrite().outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(Files.readAllBytes(source.path)).isEqualTo(before);
        AioCapabilities ofDirectory = AioProbe.probe(directory);
        assertThat(found.direct()).isEqualTo(ofDirectory.direct());
        assertThat(found.directNowaitRead()).isEqualTo(ofDirectory.directNowaitRead());
    }

    @Test
    void shouldSayThatADirectoryCannotBeWritten() throws IOException {
        // nobody makes files in procfs
        AioCapabilities found = AioProbe.probe(Path.of("/proc/self/net"));
        assertThat(found.testedOn()).contains("no file can be made in");
        assertThat(found.fileSystem()).isEqualTo("other (0x9fa0)");
        assertThat(found.eventLoop().outcome()).isEqualTo(Outcome.NO);
        assertThat(found.direct().outcome()).isEqualTo(Outcome.NO);
        assertThat(found.directOffsetAlignment()).isZero();
        assertThat(found.bufferedNowaitWrite().outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void shouldFindNothingToTryOnInAnEmptyDirectoryThatCannotBeWritten() throws IOException {
        AioCapabilities found = AioProbe.probe(Path.of("/proc/self/map_files/.."));
        assertThat(found.kernelRelease()).isNotEmpty();
        AioCapabilities empty = AioProbe.probe(Path.of("/proc/self/attr/../task"));
        assertThat(empty.testedOn()).contains("nothing to try on, name a file");
        assertThat(empty.direct().outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(empty.aio().isYes()).isEqualTo(Aio.isAvailable());
    }

    @Test
    void shouldRefuseWhatIsNeitherFileNorDirectory() {
        assertThatThrownBy(() -> AioProbe.probe(Path.of("/dev/null")))
                .isInstanceOf(FileSystemException.class)
                .hasMessage("/dev/null: is neither a regular file nor a directory");
        assertThatThrownBy(() -> AioProbe.probe(directory.resolve("missing")))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(directory.resolve("missing") + ": does not exist");
    }
}
