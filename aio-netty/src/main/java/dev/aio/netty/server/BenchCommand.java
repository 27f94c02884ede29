package dev.aio.netty.server;

import picocli.CommandLine.Command;

/** {@code aio bench}: measurements of this machine. */
@Command(
        name = "bench",
        description = "Measure this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {BenchReadCommand.class})
final class BenchCommand {}
