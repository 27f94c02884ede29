package dev.aio.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What {@code bin/bench} runs. */
@Command(
        name = "bench",
        description = "Measure this project and its peers, in turns, in one run.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Bench implements Callable<Integer> {

    enum ModeName {
        CORE(CoreMode::new),
        HTTP(HttpMode::new),
        TLS(TlsMode::new),
        STALL(StallMode::new),
        COLD(ColdMode::new),
        MEMORY(MemoryMode::new),
        SEED(SeedMode::new),
        FILL(FillMode::new),
        ALL(() -> session -> {});

        private final Supplier<Mode> mode;

        ModeName(Supplier<Mode> mode) {
            this.mode = mode;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "MODE", arity = "1..*", description = "What to measure: ${COMPLETION-CANDIDATES}.")
    private List<ModeName> modes = new ArrayList<>();

    @Mixin
    private Settings settings = new Settings();

    /** Ends the JVM: 0, or 1 if a mode failed. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<ModeName> wanted = EnumSet.copyOf(modes);
        if (wanted.remove(ModeName.ALL)) {
            wanted = EnumSet.complementOf(EnumSet.of(ModeName.ALL, ModeName.FILL)); // that one takes long
        }
        boolean failed = false;
        String report = "";
        try (Session session = new Session(settings)) {
            Machine.describe(session.cpus()).forEach((name, value) -> Progress.say("%s: %s", name, value));
            for (ModeName mode : wanted) {
                Progress.say("%s", mode);
                try {
                    mode.mode.get().run(session);
                } catch (IOException | RuntimeException | AssertionError e) {
                    failed = true;
                    session.skip(
                            mode.toString(),
                            "it failed: " + e.toString().lines().findFirst().orElse(""));
                    e.printStackTrace();
                }
                report = Reports.write(session);
            }
        }
        System.out.println(report);
        Progress.say("reports are in %s", settings.report().toAbsolutePath());
        return failed ? 1 : 0;
    }
}
