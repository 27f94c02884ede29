package dev.aio.netty.server;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** The {@code aio} program. Exit codes: 0 success, 1 failure, 2 wrong usage. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Netty would load the whole of JFR, on the event loop that allocates the first buffer.
        setUnlessSet("io.netty.jfr.enabled", "false");
        // Its samples, stack traces of one buffer in 128, are for who develops handlers; there are none but ours.
        setUnlessSet("io.netty.leakDetection.level", "disabled");
        // picocli looks for classes and methods of the JDK that convert to types no option has, and for Groovy.
        setUnlessSet("picocli.converters.excludes", "java\\.(sql|time)\\..*");
        setUnlessSet("picocli.disable.closures", "true");
        System.exit(commandLine(args).execute(args));
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** As it is needed for some arguments. */
    static CommandLine commandLine(String... args) {
        return new CommandLine(Commands.aio(args))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FailureMessage());
    }

    /** For people. No lambda: of an interface as old as picocli's no class archive takes one. */
    private static final class FailureMessage implements IExecutionExceptionHandler {

        @Override
        public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
            String message = failure.getMessage();
            command.getErr().println("aio: " + (message != null ? message : failure));
            if (Boolean.getBoolean("aio.debug")) {
                failure.printStackTrace(command.getErr());
            }
            return 1;
        }
    }
}
