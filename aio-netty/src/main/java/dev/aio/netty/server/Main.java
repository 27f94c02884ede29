package dev.aio.netty.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code aio} program. Exit codes: 0 success, 1 failure, 2 wrong usage. */
@Command(
        name = "aio",
        description = "Files over Linux AIO on Netty event loops.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {ServeCommand.class, ProbeCommand.class, BenchCommand.class, HealthCommand.class})
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Netty would load the whole of JFR, on the event loop that allocates the first buffer.
        if (System.getProperty("io.netty.jfr.enabled") == null) {
            System.setProperty("io.netty.jfr.enabled", "false");
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    String message = failure.getMessage();
                    command.getErr().println("aio: " + (message != null ? message : failure));
                    if (Boolean.getBoolean("aio.debug")) {
                        failure.printStackTrace(command.getErr());
                    }
                    return 1;
                });
    }
}
