package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aio.core.AioDirectoryTest.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Which links are followed beneath a directory; both resolutions answer alike. */
@ParameterizedClass(name = "resolution by {0}")
@EnumSource(Resolution.class)
@Timeout(60)
class LinkPolicyTest {

    @Parameter
    Resolution resolution;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path root;

    @BeforeEach
    void makeTree() throws IOException {
        directory = directory.toRealPath();
        root = Files.createDirectories(directory.resolve("site"));
        Files.createSymbolicLink(directory.resolve("alias"), root);
        Files.writeString(directory.resolve("secret"), "outside");
        Files.createDirectory(directory.resolve("site-and-more"));
        Files.writeString(directory.resolve("site-and-more/file"), "outside");
        Files.createDirectories(root.resolve("releases/7"));
        Files.writeString(root.resolve("releases/7/file"), "seven");
        Files.writeString(root.resolve("file"), "plain");
        link("relative", "releases/7");
        link("absolute", root + "/releases/7");
        link("slashes", root + "///releases//7/");
        link("itself", root.toString());
        link("by-alias", directory + "/alias/releases/7");
        link("chain", root + "/absolute/../../relative");
        link("dots-back", root + "/../site/releases/7");
        link("out", directory + "/secret");
        link("out-by-dots", root + "/../secret");
        link("out-by-prefix", directory + "/site-and-more/file");
        link("out-by-second", root + "/out");
        link("loop", root + "/loop");
        link("system", "/no/such/file");
        link("magic", "/proc/self/root" + root + "/file");
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(root.resolve(name), Path.of(target));
    }

    private AioDirectory open(Path path, LinkPolicy policy) throws AioException {
        AioDirectory opened = AioDirectory.open(path, policy);
        opened.openat2 = resolution == Resolution.OPENAT2;
        return opened;
    }

    private String read(AioDirectory from, String name) throws IOException {
        try (AioPath located = from.resolve(name)) {
            return Files.readString(Path.of("/proc/self/fd/" + located.fd()));
        }
    }

    private static String errno(AioDirectory from, String name) {
        AioException e = catchThrowableOfType(
                AioException.class, () -> from.resolve(name).close());
        assertThat(e).as(name).isNotNull();
        return e.errnoName();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative/file", "absolute/file", "slashes/file", "itself/file", "chain/file"})
    void shouldFollowAbsoluteLinksThatBeginWithTheDirectory(String name) throws IOException {
        try (AioDirectory opened = open(root, LinkPolicy.ABSOLUTE)) {
            assertThat(read(opened, name)).isEqualTo(name.startsWith("itself") ? "plain" : "seven");
            assertThat(opened.resolveCached("absolute/file"))
                    .as("from memory alone")
                    .isNull();
        }
    }

    @Test
    void shouldKnowTheDirectoryByTheNameItWasOpenedWith() throws IOException {
        try (AioDirectory opened = open(directory.resolve("alias"), LinkPolicy.ABSOLUTE)) {
            assertThat(read(opened, "by-alias/file")).isEqualTo("seven");
            assertThat(read(opened, "absolute/file")).isEqualTo("seven");
        }
        try (AioDirectory opened = open(root, LinkPolicy.ABSOLUTE)) {
            assertThat(errno(opened, "by-alias/file")).isEqualTo("EXDEV");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"out", "out-by-dots", "out-by-prefix", "out-by-second", "system", "magic", "dots-back/file"})
    void shouldNeverLeadOut(String name) throws IOException {
        for (LinkPolicy policy : new LinkPolicy[] {LinkPolicy.RELATIVE, LinkPolicy.ABSOLUTE}) {
            try (AioDirectory opened = open(root, policy)) {
                assertThat(errno(opened, name)).as("%s, %s", name, policy).isEqualTo("EXDEV");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"absolute/file, EXDEV", "itself/file, EXDEV", "loop, EXDEV"})
    void shouldFollowNoAbsoluteLinkUnlessAsked(String name, String errno) throws IOException {
        try (AioDirectory opened = open(root, LinkPolicy.RELATIVE)) {
            assertThat(errno(opened, name)).isEqualTo(errno);
        }
    }

    @Test
    void shouldGiveUpInALoopOfAbsoluteLinks() throws IOException {
        try (AioDirectory opened = open(root, LinkPolicy.ABSOLUTE)) {
            assertThat(errno(opened, "loop")).isEqualTo("ELOOP");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative/file", "absolute/file", "relative", "out"})
    void shouldFollowNoneWhereNoneMayBe(String name) throws IOException {
        try (AioDirectory opened = open(root, LinkPolicy.NONE)) {
            assertThat(errno(opened, name)).isEqualTo("ELOOP");
            assertThat(read(opened, "releases/7/file")).isEqualTo("seven");
        }
    }
}
