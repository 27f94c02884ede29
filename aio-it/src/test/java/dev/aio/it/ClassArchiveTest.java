package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The class archive that bin/aio makes beside the jar: used where it fits, and neither harm nor noise where not. */
@Timeout(120)
class ClassArchiveTest {

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    private static Path jar;

    @BeforeAll
    static void make() throws IOException {
        jar = Files.copy(Program.jar(), directory.resolve("aio.jar"));
        ClassArchive.make(jar);
        assertThat(ClassArchive.of(jar)).exists();
    }

    private static Program start(Path jar, List<String> archive, String... more) {
        List<String> command =
                new ArrayList<>(List.of(Program.javaHome().resolve("bin/java").toString(), "-Xshare:auto"));
        command.addAll(archive);
        command.addAll(List.of(more));
        command.addAll(List.of("-jar", jar.toString(), "--version"));
        return Program.run(command.toArray(new String[0]));
    }

    private static void assertSpeaksForItselfOnly(Program program) {
        assertThat(program.exitCode()).as(program.stderr()).isZero();
        assertThat(program.stdoutLines()).hasSize(1).allMatch(line -> line.startsWith("aio "));
        assertThat(program.stderr()).isEmpty();
    }

    @Test
    void shouldBeUsed() {
        assertThat(ClassArchive.state(jar)).isEqualTo("good");
        assertThat(ClassArchive.options(jar)).anyMatch(option -> option.startsWith("-XX:SharedArchiveFile="));
        assertSpeaksForItselfOnly(start(jar, ClassArchive.options(jar)));

        Program program = start(jar, ClassArchive.options(jar), "-Xlog:class+load");

        for (String ours : List.of("dev.aio.netty.server.Main", "picocli.CommandLine", "java.lang.String")) {
            assertThat(program.stdoutLines())
                    .as("from the archive")
                    .anyMatch(line -> line.contains(' ' + ours + ' ') && line.contains("shared objects file"));
        }
    }

    @Test
    void shouldBeOldWhenTheJarIsAnother() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other")).resolve("aio.jar");
        copyWithArchive(other);
        assertThat(ClassArchive.state(other)).isEqualTo("good");

        Files.setLastModifiedTime(other, FileTime.fromMillis(System.currentTimeMillis() + 60_000));

        assertThat(ClassArchive.state(other)).isEqualTo("old");
    }

    private static void copyWithArchive(Path to) throws IOException {
        Files.copy(jar, to, StandardCopyOption.COPY_ATTRIBUTES);
        for (String end : List.of("", ".for", ".log")) {
            Files.copy(
                    Path.of(ClassArchive.of(jar) + end),
                    Path.of(ClassArchive.of(to) + end),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** The script has not noticed, or not yet: the JVM does. */
    @Test
    void shouldBeHarmlessWithAnotherJar() throws IOException {
        Path other = Files.createDirectory(directory.resolve("touched")).resolve("aio.jar");
        Files.copy(jar, other);

        assertSpeaksForItselfOnly(start(other, ClassArchive.options(jar)));
    }

    @ParameterizedTest
    @CsvSource({"'', missing", "no archive, garbage"})
    void shouldBeHarmlessWhenItIsNone(String content, String name) throws IOException {
        Path archive = directory.resolve(name + ".jsa");
        if (!content.isEmpty()) {
            Files.writeString(archive, content);
        }
        List<String> options = new ArrayList<>(ClassArchive.options(jar));
        options.replaceAll(option -> option.replace(ClassArchive.of(jar).toString(), archive.toString()));

        assertSpeaksForItselfOnly(start(jar, options));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseZGC", "-XX:-UseCompressedOops", "-Xmx40g"})
    void shouldBeHarmlessWithOtherOptions(String option) {
        assertSpeaksForItselfOnly(start(jar, ClassArchive.options(jar), option));
    }

    /** The JVM would find no archive then, not even its own. */
    @ParameterizedTest
    @CsvSource({"-XX:+UseSerialGC, true", "-Xmx8g, true", "-XX:+UseZGC, false", "-Xmx40g, false", "-Xshare:off, false"})
    void shouldNotBeUsedWhereReferencesHaveAnotherSize(String option, boolean used) {
        assertThat(String.join(" ", ClassArchive.options(jar, option)).contains("SharedArchiveFile"))
                .isEqualTo(used);
    }

    @Test
    void shouldNotBeWhereItsJarDoesNotStart() throws IOException {
        Path broken = Files.createDirectory(directory.resolve("broken")).resolve("aio.jar");
        Files.writeString(broken, "no jar");
        Files.setLastModifiedTime(broken, FileTime.fromMillis(System.currentTimeMillis() - 60_000));

        ClassArchive.make(broken);

        assertThat(ClassArchive.state(broken)).isEqualTo("bad");
        assertThat(ClassArchive.of(broken)).doesNotExist();
        assertThat(Path.of(ClassArchive.of(broken) + ".log")).content().contains("aio.jar");
        assertThat(ClassArchive.options(broken)).isEmpty();
    }
}
