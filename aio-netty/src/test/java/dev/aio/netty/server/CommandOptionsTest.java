package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandOptionsTest {

    private final CommandOptions options = new CommandOptions("aio do", "Does it.");
    private final Option<Path> directory = options.pathArgument("DIR", ".", "Where.");
    private final Option<Integer> port = options.number("--port", "PORT", "80", "Which.");
    private final Option<Boolean> loud = options.flag("--loud", "How.");
    private final Option<List<String>> names = options.list("--names", "NAME", "a,b", "Who.");
    private final Option<List<String>> headers = options.repeated("--header", "NAME:VALUE", "What else.");
    private final Option<Map<String, String>> types =
            options.map("--type", "KEY=VALUE", value -> value, "Of what kind.");

    private CommandOptions.Wish read(String words) {
        return options.read(List.of(words.split(" ")));
    }

    @Test
    void shouldHaveDefaults() {
        options.read(List.of());

        assertThat(directory.get()).isEqualTo(Path.of("."));
        assertThat(port.get()).isEqualTo(80);
        assertThat(loud.isGiven()).isFalse();
        assertThat(names.get()).containsExactly("a", "b");
        assertThat(headers.orNull()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port 1 --loud x", "x --loud --port=1", "--loud --port 1 -- x"})
    void shouldReadOptionsAndTheArgumentInAnyOrder(String words) {
        assertThat(read(words)).isEqualTo(CommandOptions.Wish.RUN);

        assertThat(directory.get()).isEqualTo(Path.of("x"));
        assertThat(port.get()).isEqualTo(1);
        assertThat(loud.isGiven()).isTrue();
    }

    @Test
    void shouldTakeWhatFollowsTwoDashesAsArgument() {
        read("-- --port");

        assertThat(directory.get()).isEqualTo(Path.of("--port"));
    }

    @Test
    void shouldCollectWhatIsRepeated() {
        read("--names c,d --names e --header A:1 --header B:2 --type x=1=2 --type y= --type x=3");

        assertThat(names.get()).containsExactly("c", "d", "e");
        assertThat(headers.get()).containsExactly("A:1", "B:2");
        assertThat(types.get()).containsExactly(Map.entry("x", "3"), Map.entry("y", ""));
    }

    @Test
    void shouldTakeAValueThatLooksLikeAnOption() {
        read("--port -1 --header --unknown");

        assertThat(port.get()).isEqualTo(-1);
        assertThat(headers.get()).containsExactly("--unknown");
    }

    @ParameterizedTest
    @CsvSource({"--loud -h, HELP", "--help --bogus, HELP", "x -V, VERSION", "--header -h, RUN", "-- -h, RUN"})
    void shouldSeeWhetherHelpIsWanted(String words, CommandOptions.Wish wish) {
        assertThat(read(words)).isEqualTo(wish);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port x             | --port: x (expected: a whole number below 2147483648)",
                "--port               | --port: without a value (expected: PORT)",
                "--port --loud        | --port: without a value (expected: PORT)",
                "--port 1 --port 2    | --port: given twice (expected: once)",
                "--loud=yes           | --loud=yes (expected: --loud, without a value)",
                "--type x             | --type: x (expected: KEY=VALUE)",
                "--prot 1             | unknown option --prot (expected: one that aio do --help names)",
                "-x                   | unknown option -x (expected: one that aio do --help names)",
                "a b                  | 'b' is one argument too many (expected: aio do [OPTION]... [DIR])",
            })
    void shouldSayWhatItExpected(String words, String message) {
        assertThatThrownBy(() -> read(words)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void shouldDemandAnArgumentWithoutDefault() {
        CommandOptions demanding = new CommandOptions("aio do", "Does it.");
        demanding.pathArgument("FILE", null, "What.");

        assertThatThrownBy(() -> demanding.read(List.of()))
                .isInstanceOf(UsageException.class)
                .hasMessage("missing FILE (expected: aio do [OPTION]... FILE)");
    }
}
