package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.internal.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel's own resolution beneath a directory and the walk that stands in for it answer alike. */
@ParameterizedClass(name = "resolution by {0}")
@EnumSource(AioDirectoryTest.Resolution.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AioDirectoryTest {

    enum Resolution {
        OPENAT2,
        WALK
    }

    @Parameter
    Resolution resolution;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path root;
    private AioDirectory opened;

    @BeforeEach
    void makeTree() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.writeString(directory.resolve("secret"), "outside");
        Files.createDirectory(directory.resolve("root-and-more"));
        Files.writeString(root.resolve("file"), "file");
        Files.writeString(root.resolve("über 100 %"), "name");
        Files.createDirectories(root.resolve("a/b/c"));
        Files.writeString(root.resolve("a/b/deep"), "deep");
        link("link-to-file", "file");
        link("link-to-directory", "a/b");
        link("link-with-slash", "a/b/");
        link("a/link-up-inside", "../file");
        link("a/b/c/link-over-links", "../../../link-to-directory/../../link-to-file");
        link("link-out", "../secret");
        link("link-absolute", directory.resolve("secret").toString());
        link("link-absolute-inside", root.resolve("file").toString());
        link("link-to-slash", "/");
        link("a/link-far-out", "b/../../../secret");
        link("link-dangling", "nothing");
        link("loop-1", "loop-2");
        link("loop-2", "loop-1");
        link("chain-0", "file");
        for (int i = 1; i <= 45; i++) {
            link("chain-" + i, "chain-" + (i - 1));
        }
        opened = AioDirectory.open(root);
        opened.openat2 = resolution == Resolution.OPENAT2;
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(root.resolve(name), Path.of(target));
    }

    @AfterEach
    void close() throws IOException {
        opened.close();
        // JUnit would warn of each link to a directory outside that it finds while it cleans up.
        Files.deleteIfExists(root.resolve("link-to-slash"));
        Files.deleteIfExists(directory.resolve("moved/link-to-slash"));
    }

    @ParameterizedTest
    @CsvSource({
        "file, file",
        "./file, file",
        "a//b/./deep, a/b/deep",
        "a/b/../../file, file",
        "a/b/c/.., a/b",
        "a/.., ''",
        "., ''",
        "'', ''",
        "a/b/, a/b",
        "a/b/., a/b",
        "über 100 %, über 100 %",
        "link-to-file, file",
        "link-to-directory/deep, a/b/deep",
        "link-to-directory/, a/b",
        "link-to-directory/.., a",
        "link-with-slash, a/b",
        "link-with-slash/deep, a/b/deep",
        "a/link-up-inside, file",
        "a/b/c/link-over-links, file",
        "chain-39, file",
    })
    void shouldResolveWhatStaysBeneath(String name, String expected) throws IOException {
        long inode = (long) Files.getAttribute(root.resolve(expected), "unix:ino");
        try (AioPath found = opened.resolve(name)) {
            assertThat(found.stat().inode()).isEqualTo(inode);
            assertThat(found.path()).isEqualTo(name);
        }
        assertResolutionUsed();
    }

    @ParameterizedTest
    @CsvSource({
        "'..', EXDEV",
        "../secret, EXDEV",
        "../root/file, EXDEV",
        "../root-and-more, EXDEV",
        "a/../../secret, EXDEV",
        "a/../.., EXDEV",
        "/etc/passwd, EXDEV",
        "/, EXDEV",
        "link-out, EXDEV",
        "link-absolute, EXDEV",
        "link-absolute-inside, EXDEV",
        "link-to-slash, EXDEV",
        "link-to-slash/etc/passwd, EXDEV",
        "a/link-far-out, EXDEV",
        "nothing, ENOENT",
        "nothing/.., ENOENT",
        "link-dangling, ENOENT",
        "a/nothing/file, ENOENT",
        "file/, ENOTDIR",
        "file/., ENOTDIR",
        "file/.., ENOTDIR",
        "file/more, ENOTDIR",
        "link-to-file/, ENOTDIR",
        "loop-1, ELOOP",
        "chain-45, ELOOP",
    })
    void shouldRefuseWhatDoesNotAndWhatIsNotThere(String name, String errno) {
        assertThatThrownBy(() -> opened.resolve(name).close()).isInstanceOfSatisfying(AioException.class, failure -> {
            assertThat(failure.errnoName()).isEqualTo(errno);
            assertThat(failure.path()).isEqualTo(name);
        });
        assertResolutionUsed();
    }

    @Test
    void shouldRefuseNamesThatTheKernelCannotTake() {
        for (String name : List.of("nul\0inside", "x".repeat(256), "d/".repeat(2048) + "file")) {
            assertThatThrownBy(() -> opened.resolve(name).close())
                    .isInstanceOfSatisfying(
                            AioException.class,
                            failure -> assertThat(failure.errnoName()).isEqualTo("ENAMETOOLONG"));
        }
    }

    @Test
    void shouldNotFollowAMagicLink() throws IOException {
        try (AioDirectory fds = AioDirectory.open(Path.of("/proc/self"))) {
            fds.openat2 = resolution == Resolution.OPENAT2;
            assertThatThrownBy(() -> fds.resolve("root/etc").close()).isInstanceOf(AioException.class);
            assertThatThrownBy(() -> fds.resolve("cwd").close()).isInstanceOf(AioException.class);
        }
    }

    @Test
    void shouldLeakNoDescriptor() throws IOException {
        long before = OpenDescriptors.under(directory);
        for (String name : List.of("a/b/c/link-over-links", "a/b/c/..", "file", "")) {
            opened.resolve(name).close();
        }
        for (String name : List.of("a/b/nothing", "a/link-far-out", "loop-1", "a/b/deep/", "a/b/../../..")) {
            assertThatThrownBy(() -> opened.resolve(name)).isInstanceOf(AioException.class);
        }
        assertThat(OpenDescriptors.under(directory)).isEqualTo(before);
    }

    @Test
    void shouldFollowTheDirectoryAndNotItsNameWhenItIsRenamed() throws IOException {
        Files.move(root, directory.resolve("moved"));
        opened.resolve("a/b/../b/deep").close();
        assertThatThrownBy(() -> opened.resolve("../secret").close()).isInstanceOf(AioException.class);
    }

    @Test
    void shouldRefuseUseAfterClose() {
        opened.close();
        opened.close();
        assertThatThrownBy(() -> opened.resolve("file")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> opened.resolveCached("file")).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "", "link-to-directory/deep", "a/b"})
    void shouldResolveFromMemoryOrNotAtAll(String name) throws IOException {
        if (resolution == Resolution.WALK) {
            opened.resolve(name).close();
            assertThat(opened.resolveCached(name)).as("a walk cannot tell").isNull();
            return;
        }
        assumeCached();
        // The kernel also declines when somebody renames elsewhere, or while the atime of a symbolic link is
        // not younger than its ctime, as in the clock tick in which it was made.
        await().until(() -> {
            try (AioPath waited = opened.resolve(name); // everything on the way is in memory now
                    AioPath cached = opened.resolveCached(name)) {
                return cached != null && cached.stat().sameVersion(waited.stat());
            }
        });
    }

    @Test
    void shouldNotAnswerFromMemoryWhatWasNeverAskedBefore() throws IOException {
        assertThat(opened.resolveCached("a/b/never-looked-up")).isNull();
    }

    @Test
    void shouldRememberThatANameIsMissing() throws IOException {
        assumeCached();
        assertThatThrownBy(() -> opened.resolve("a/missing").close()).isInstanceOf(AioException.class);
        await().untilAsserted(() -> assertThatThrownBy(
                        () -> opened.resolveCached("a/missing").close())
                .isInstanceOfSatisfying(
                        AioException.class,
                        failure -> assertThat(failure.errnoName()).isEqualTo("ENOENT")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "link-out", "link-absolute", "a/../..", "/etc/passwd"})
    void shouldLeaveAnEscapeToTheResolutionThatCanTell(String name) throws IOException {
        assertThatThrownBy(() -> opened.resolve(name).close()).isInstanceOf(AioException.class);
        assertThat(opened.resolveCached(name)).isNull();
    }

    private void assumeCached() throws IOException {
        assumeTrue(resolution == Resolution.OPENAT2, "only openat2 resolves from memory");
        opened.resolve("file").close();
        try (AioPath cached = opened.resolveCached("file")) {
            assumeTrue(cached != null, () -> "RESOLVE_CACHED is not supported on " + root);
        }
    }

    private void assertResolutionUsed() {
        assumeTrue(
                opened.openat2 == (resolution == Resolution.OPENAT2),
                "openat2 is missing or forbidden here: the walk was tested twice");
    }

    @ParameterizedTest
    @CsvSource({"missing, ENOENT", "root/file, ENOTDIR"})
    void shouldOpenDirectoriesOnly(String name, String errno) {
        assertThatThrownBy(() -> AioDirectory.open(directory.resolve(name)).close())
                .isInstanceOfSatisfying(
                        AioException.class,
                        failure -> assertThat(Errno.name(failure.errno())).isEqualTo(errno))
                .hasMessageContaining(directory.resolve(name).toString());
    }

    /** Else openat2 answers EAGAIN, wherever on the host it is that something is renamed. */
    @Test
    void shouldResolveDotsWhateverIsRenamedMeanwhile() throws Exception {
        Path one = Files.createFile(directory.resolve("one"));
        Path other = directory.resolve("other");
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> renaming = CompletableFuture.runAsync(() -> {
            while (!ended.get()) {
                assertThat(one.toFile().renameTo(other.toFile())).isTrue();
                assertThat(other.toFile().renameTo(one.toFile())).isTrue();
            }
        });
        try {
            for (int i = 0; i < 20_000; i++) {
                opened.resolve("a/b/c/../../../a/b/../../a/b/c/link-over-links").close();
            }
        } finally {
            ended.set(true);
            renaming.get(30, TimeUnit.SECONDS);
        }
    }
}
