package dev.aio.netty.server;

import java.io.PrintWriter;
import java.util.List;

/** The {@code aio} program. Exit codes: 0 success, 1 failure, 2 wrong usage. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Netty would load the whole of JFR, on the event loop that allocates the first buffer.
        if (System.getProperty("io.netty.jfr.enabled") == null) {
            System.setProperty("io.netty.jfr.enabled", "false");
        }
        System.exit(run(List.of(args), new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    /** Does what the words say; the exit code. */
    static int run(List<String> words, PrintWriter out, PrintWriter err) {
        try {
            return program().run(words, out);
        } catch (UsageException e) {
            err.println(e.getMessage());
            return 2;
        } catch (Exception e) {
            err.println("aio: " + (e.getMessage() != null ? e.getMessage() : e));
            if (Boolean.getBoolean("aio.debug")) {
                e.printStackTrace(err);
            }
            return 1;
        }
    }

    private static CommandGroup program() {
        return new CommandGroup("aio", "Files over Linux AIO on Netty event loops.")
                .add("serve", ServeCommand::new)
                .add("probe", ProbeCommand::new)
                .add(
                        "bench",
                        new CommandGroup("aio bench", "Measure this machine.").add("read", BenchReadCommand::new));
    }

    /** In the jar's manifest. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "aio " + (version != null ? version : "(development)");
    }
}
