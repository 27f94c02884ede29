package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.flag;
import static dev.aio.netty.server.Setting.parameter;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.aio.core.AioCapabilities;
import dev.aio.core.AioCapabilities.Answer;
import dev.aio.core.AioProbe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code aio probe}: prints what this kernel and a file system can do. */
final class ProbeCommand implements Callable<Integer> {

    private final CommandSpec spec =
            Commands.command(this, "probe", "Print what this kernel and the file system of a path can do.");

    private final Setting<Path> path = parameter(
            Path.class,
            "PATH",
            ".",
            "Directory, in which a temporary file is made and removed, or file, which is only read.");

    private final Setting<Boolean> json = flag("--json").description("Print JSON.");

    /** Itself, as it is told to picocli. */
    CommandSpec spec() {
        Setting.addTo(spec, path, json);
        return spec;
    }

    @Override
    public Integer call() throws IOException {
        AioCapabilities found = AioProbe.probe(path.value());
        PrintWriter out = spec.commandLine().getOut();
        if (json.value()) {
            printJson(found, out);
        } else {
            printTable(found, out);
        }
        return 0;
    }

    /** By JSON name, in the order of the ladder. */
    private static Map<String, Answer> answers(AioCapabilities found) {
        Map<String, Answer> answers = new LinkedHashMap<>();
        answers.put("aio", found.aio());
        answers.put("user_space_reaping", found.userSpaceReaping());
        answers.put("direct", found.direct());
        answers.put("buffered_nowait_read", found.bufferedNowaitRead());
        answers.put("direct_nowait_read", found.directNowaitRead());
        answers.put("buffered_nowait_write", found.bufferedNowaitWrite());
        answers.put("direct_nowait_overwrite", found.directNowaitOverwrite());
        answers.putAll(found.operations());
        answers.put("openat2", found.openat2());
        answers.put("resolve_cached", found.resolveCached());
        answers.put("cachestat", found.cachestat());
        answers.put("event_loop", found.eventLoop());
        return answers;
    }

    private static final Map<String, String> LABELS = Map.ofEntries(
            Map.entry("aio", "Linux AIO"),
            Map.entry("user_space_reaping", "reaping in user space"),
            Map.entry("direct", "O_DIRECT"),
            Map.entry("buffered_nowait_read", "NOWAIT buffered read"),
            Map.entry("direct_nowait_read", "NOWAIT direct AIO read"),
            Map.entry("buffered_nowait_write", "NOWAIT buffered write"),
            Map.entry("direct_nowait_overwrite", "NOWAIT direct AIO overwrite"),
            Map.entry("fsync", "AIO fsync"),
            Map.entry("fdsync", "AIO fdsync"),
            Map.entry("poll", "AIO poll"),
            Map.entry("rwf_dsync", "DSYNC per write"),
            Map.entry("rwf_sync", "SYNC per write"),
            Map.entry("rwf_append", "APPEND per write"),
            Map.entry("rwf_noappend", "NOAPPEND per write"),
            Map.entry("rwf_hipri", "HIPRI per operation"),
            Map.entry("io_priority", "I/O priority per operation"),
            Map.entry("openat2", "openat2"),
            Map.entry("resolve_cached", "openat2 RESOLVE_CACHED"),
            Map.entry("cachestat", "cachestat"),
            Map.entry("event_loop", "served on event loops"));

    private static void printTable(AioCapabilities found, PrintWriter out) {
        row(out, "path", found.path().toAbsolutePath().normalize().toString());
        row(out, "tested on", found.testedOn());
        row(out, "kernel", found.kernelRelease());
        row(out, "file system", found.fileSystem());
        answers(found).forEach((name, answer) -> {
            row(out, LABELS.get(name), inWords(answer));
            if (name.equals("direct") && answer.isYes()) {
                row(out, "O_DIRECT alignment", alignments(found));
            }
        });
        row(out, "fs.aio-nr", number(found.aioNr()) + " of fs.aio-max-nr " + number(found.aioMaxNr()));
        out.flush();
    }

    private static void row(PrintWriter out, String label, String value) {
        out.printf("%-28s %s%n", label, value);
    }

    private static String inWords(Answer answer) {
        String word = answer.outcome().name().toLowerCase(Locale.ROOT);
        return answer.detail().isEmpty() ? word : word + ": " + answer.detail();
    }

    private static String alignments(AioCapabilities found) {
        return String.format(
                "position and length %d, memory %d (%s)",
                found.directOffsetAlignment(), found.directMemoryAlignment(), alignmentSource(found));
    }

    private static String alignmentSource(AioCapabilities found) {
        return found.alignmentFromKernel() ? "statx" : "assumed";
    }

    private static String number(long value) {
        return value < 0 ? "unknown" : Long.toString(value);
    }

    private static void printJson(AioCapabilities found, PrintWriter out) throws IOException {
        try (JsonGenerator json = JsonOutput.open(out)) {
            json.writeStartObject();
            json.writeStringField(
                    "path", found.path().toAbsolutePath().normalize().toString());
            json.writeStringField("tested_on", found.testedOn());
            json.writeStringField("kernel", found.kernelRelease());
            json.writeStringField("file_system", found.fileSystem());
            for (Map.Entry<String, Answer> entry : answers(found).entrySet()) {
                writeAnswer(json, entry.getKey(), entry.getValue());
            }
            if (found.direct().isYes()) {
                json.writeNumberField("direct_offset_alignment", found.directOffsetAlignment());
                json.writeNumberField("direct_memory_alignment", found.directMemoryAlignment());
                json.writeStringField("direct_alignment_source", alignmentSource(found));
            }
            json.writeNumberField("aio_nr", found.aioNr());
            json.writeNumberField("aio_max_nr", found.aioMaxNr());
            json.writeEndObject();
        }
        out.println();
        out.flush();
    }

    /** What is not known is null. */
    private static void writeAnswer(JsonGenerator json, String name, Answer answer) throws IOException {
        json.writeObjectFieldStart(name);
        if (answer.outcome() == AioCapabilities.Outcome.UNKNOWN) {
            json.writeNullField("supported");
        } else {
            json.writeBooleanField("supported", answer.isYes());
        }
        json.writeStringField("detail", answer.detail());
        json.writeEndObject();
    }
}
