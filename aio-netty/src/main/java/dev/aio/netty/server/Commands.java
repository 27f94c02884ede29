package dev.aio.netty.server;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands of the program, as picocli is told of them. */
final class Commands {

    private static final List<String> NAMES = List.of("serve", "probe", "bench", "health");

    private Commands() {}

    /**
     * The program's, with the commands that it needs for some arguments: the one that they name, or all of them.
     */
    static CommandSpec aio(String... args) {
        CommandSpec aio = command(new Object(), "aio", "Files over Linux AIO on Netty event loops.");
        if (args.length > 0 && NAMES.contains(args[0])) {
            add(aio, args[0]);
        } else {
            NAMES.forEach(name -> add(aio, name));
        }
        return aio;
    }

    private static void add(CommandSpec aio, String name) {
        aio.addSubcommand(
                name,
                switch (name) {
                    case "serve" -> new ServeCommand().spec();
                    case "probe" -> new ProbeCommand().spec();
                    case "bench" -> bench();
                    case "health" -> new HealthCommand().spec();
                    default -> throw new IllegalArgumentException(name);
                });
    }

    /** {@code aio bench}: measurements of this machine. */
    private static CommandSpec bench() {
        return command(new Object(), "bench", "Measure this machine.")
                .addSubcommand("read", new BenchReadCommand().spec());
    }

    /** A command that explains itself when it is asked. */
    static CommandSpec command(Object runs, String name, String description) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(runs)
                .name(name)
                .versionProvider(new VersionProvider())
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Print version information and exit.")
                        .build());
        spec.usageMessage().description(description).showDefaultValues(true);
        return spec;
    }
}
