package dev.aio.bench;

import dev.aio.it.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Random reads of 4 KiB past the page cache by one thread on one CPU; then single steps, by JMH. */
final class CoreMode implements Mode {

    private static final List<Integer> DEPTHS = List.of(32, 128);
    private static final Map<Integer, Double> TARGETS = Map.of(32, 1.00, 128, 1.05);
    private static final List<String> TARGETED = List.of("fio-libaio", "fio-libaio-single");
    private static final int FILE_SIZE = 1 << 30;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Path file = session.newDirectory("core").resolve("random.bin");
        Progress.say("writing a file of %s", SizeConverter.show(FILE_SIZE));
        Content.writeLarge(file, 1, FILE_SIZE);
        Map<String, RandomReader> readers = new LinkedHashMap<>();
        for (RandomReader reader : RandomReader.all(session)) {
            tryOut(session, reader, file, readers);
        }
        for (int depth : DEPTHS) {
            Map<String, double[]> rates = Rounds.run(
                            "reads/s at depth " + depth, readers, session.settings().rounds, 1, reader ->
                                    new double[] {reader.perSecond(file, depth, session.settings().seconds)})
                    .get(0);
            Figure figure = new Figure("random direct reads of 4 KiB", "depth " + depth, "reads/s", rates);
            TARGETED.forEach(peer -> figure.target(peer, Target.atLeast(TARGETS.get(depth))));
            session.add(figure);
        }
        if (!session.settings().noJmh) {
            SingleSteps.run(session);
        }
    }

    private static void tryOut(Session session, RandomReader reader, Path file, Map<String, RandomReader> readers)
            throws IOException {
        if (!session.settings().isWanted(reader.name())) {
            return;
        }
        Progress.say("trying %s", reader.name());
        try {
            reader.perSecond(file, DEPTHS.get(0), 1);
        } catch (IOException e) {
            if (reader.name().equals(Figure.OURS)) {
                throw e;
            }
            session.skip(
                    reader.name(),
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            return;
        }
        session.describe(reader.name(), reader.description());
        readers.put(reader.name(), reader);
    }
}
