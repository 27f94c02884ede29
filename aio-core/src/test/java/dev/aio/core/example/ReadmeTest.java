package dev.aio.core.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.AlignedMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadmeTest {

    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Path TESTS = MODULE.resolve("src/test/java");

    @Test
    void shouldReadWhatTheExampleHasWritten(@TempDir Path directory) throws IOException {
        AlignedMemory page = AlignedMemory.allocate(4096, 4096);
        page.slice(0, 5).put("hello".getBytes(StandardCharsets.US_ASCII));
        AlignedMemory copy = WriteAndReadExample.writeAndRead(directory.resolve("file"), page);
        assertThat(copy.buffer()).isEqualTo(page.buffer());
    }

    @Test
    void shouldShowTheExampleAsItIsCompiled() throws IOException {
        String source = Files.readString(TESTS.resolve("dev/aio/core/example/WriteAndReadExample.java"));
        String shown = source.substring(
                        source.indexOf("// README: begin") + "// README: begin".length(),
                        source.indexOf("// README: end"))
                .stripIndent()
                .strip();
        assertThat(readme()).contains(shown);
    }

    @Test
    void shouldNameOnlyTestsThatExist() throws IOException {
        String sources;
        try (Stream<Path> files = Files.walk(TESTS)) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(ReadmeTest::testNames)
                    .collect(Collectors.joining("\n"));
        }
        List<String> named = Pattern.compile("\\b\\w+\\.should\\w+")
                .matcher(readme())
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(named)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(sources.lines()).contains(name));
    }

    /** {@code Class.shouldMethod}, one a line. */
    private static String testNames(Path file) {
        String type = file.getFileName().toString().replace(".java", "");
        try {
            return Pattern.compile("void (should\\w+)\\(")
                    .matcher(Files.readString(file))
                    .results()
                    .map(test -> type + '.' + test.group(1))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String readme() throws IOException {
        return Files.readString(MODULE.resolve("README.md"));
    }
}
