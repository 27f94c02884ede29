package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "serve --help", "probe --help", "health --help", "bench --help", "bench read --help"})
    void shouldExplainEveryCommand(String args) {
        CommandLineRun run = CommandLineRun.of((Object[]) args.split(" "));
        assertThat(run.exitCode).isZero();
        assertThat(run.out).startsWith("Usage: aio");
        assertThat(run.err).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "serve --version", "probe --version", "bench read --version"})
    void shouldTellItsVersion(String args) {
        CommandLineRun run = CommandLineRun.of((Object[]) args.split(" "));
        assertThat(run.exitCode).isZero();
        assertThat(run.out).startsWith("aio ");
    }

    @Test
    void shouldDemandACommand() {
        assertThat(CommandLineRun.of().exitCode).isEqualTo(2);
        CommandLineRun bench = CommandLineRun.of("bench");
        assertThat(bench.exitCode).isEqualTo(2);
        assertThat(bench.err).contains("Missing required subcommand");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve --bogus", "probe --bogus", "health --bogus", "bench read --bogus /", "nothing"})
    void shouldNameWhatItDoesNotKnow(String args) {
        CommandLineRun run = CommandLineRun.of((Object[]) args.split(" "));
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).containsAnyOf("--bogus", "nothing");
        assertThat(run.out).isEmpty();
    }
}
