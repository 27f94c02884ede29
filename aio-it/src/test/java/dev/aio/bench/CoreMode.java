package dev.aio.bench;

import dev.aio.it.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Random reads of 4 KiB past the page cache by one thread on one CPU: of this machine's disk, which may give everybody the
 * same, and of one in memory, where only the CPU counts; then single steps, by JMH.
 */
final class CoreMode implements Mode {

    private static final List<Integer> DEPTHS = List.of(32, 128);
    private static final Map<Integer, Double> TARGETS = Map.of(32, 1.00, 128, 1.05);
    private static final List<String> TARGETED = List.of("fio-libaio", "fio-libaio-single");
    private static final String GROUP = "random direct reads of 4 KiB";
    private static final int FILE_SIZE = 1 << 30;
    private static final int MEMORY_FILE_SIZE = 256 << 20;
    private static final long MEMORY_DISK_SIZE = 320L << 20;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        Path file = session.newDirectory("core").resolve("random.bin");
        write(file, FILE_SIZE);
        Map<String, RandomReader> readers = new LinkedHashMap<>();
        for (RandomReader reader : RandomReader.all(session)) {
            tryOut(session, reader, file, readers);
        }
        measure(session, GROUP, readers, file);
        try (MemoryDisk disk = session.newMemoryDisk("core-memory", MEMORY_DISK_SIZE)) {
            Path inMemory = disk.directory().resolve("random.bin");
            write(inMemory, MEMORY_FILE_SIZE);
            measure(session, GROUP + ", disk in memory", readers, inMemory);
        } catch (UnavailableException e) {
            session.skip("disk in memory", e.getMessage());
        }
        if (!session.settings().noJmh) {
            SingleSteps.run(session);
        }
    }

    private static void write(Path file, int size) throws IOException {
        Progress.say("writing a file of %s", SizeConverter.show(size));
        Content.writeLarge(file, 1, size);
    }

    private static void measure(Session session, String group, Map<String, RandomReader> readers, Path file)
            throws IOException, InterruptedException {
        for (int depth : DEPTHS) {
            Map<String, double[]> rates = Rounds.run(
                            group + ", reads/s at depth " + depth, readers, session.settings().rounds, 1, reader ->
                                    new double[] {reader.perSecond(file, depth, session.settings().seconds)})
                    .get(0);
            Figure figure = new Figure(group, "depth " + depth, "reads/s", rates);
            TARGETED.forEach(peer -> figure.target(peer, Target.atLeast(TARGETS.get(depth))));
            session.add(figure);
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
