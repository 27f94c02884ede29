package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A started process whose two streams are collected, with deadlines on everything that waits. */
public final class Program {

    /** The jar under test, where every user may read it and no build overwrites it. */
    private static final Path JAR = copyOfJar();

    /**
     * For the JVM: half of what a start takes is its classes, and most tests are mostly start. The quick tier has them
     * archived as {@code bin/aio} does, the long one runs the bare jar.
     */
    private static final List<String> ARCHIVE = "long".equals(System.getProperty("aio.tier")) ? List.of() : archive();

    /** Option of the JVM with which it has the archive that comes with it, and reads the program's classes from the jar. */
    static final String BARE = "-XX:SharedArchiveFile=" + javaHome().resolve("lib/server/classes.jsa");

    private final Process process;
    private final Output stdout;
    private final Output stderr;

    private Program(List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stdout = new Output(process.getInputStream());
        stderr = new Output(process.getErrorStream());
    }

    public static Program start(List<String> command) {
        return new Program(command);
    }

    /** Runs a command to its end. */
    public static Program run(String... command) {
        Program program = start(List.of(command));
        program.awaitExit(Duration.ofSeconds(60));
        return program;
    }

    /** Runs a command that must succeed; returns what it printed. */
    public static String succeed(String... command) {
        Program program = run(command);
        assertThat(program.exitCode())
                .as("exit code of %s: %s", List.of(command), program.stderr())
                .isZero();
        return program.stdout();
    }

    /** Runs {@code aio ARGS…} to its end. */
    static Program aio(String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(arguments));
        return run(command.toArray(new String[0]));
    }

    /** The command that starts the program, complete but for its arguments. */
    static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(javaHome().resolve("bin/java").toString());
        command.add("-Xcheck:jni");
        command.add("-Dio.netty.leakDetection.level=paranoid");
        command.add("-XX:TieredStopAtLevel=1"); // starts sooner
        command.add("-XX:+UseSerialGC");
        command.add("-XX:-UsePerfData"); // as bin/aio
        command.addAll(ARCHIVE);
        command.addAll(List.of(options));
        command.add("-jar");
        command.add(JAR.toString());
        return command;
    }

    public static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    private static Path copyOfJar() {
        String jar = System.getProperty("aio.standaloneJar");
        assertThat(jar).as("system property aio.standaloneJar").isNotNull();
        try {
            return Files.copy(Path.of(jar), WorkDirectory.lasting("aio.jar"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> archive() {
        ClassArchive.make(JAR);
        return ClassArchive.options(JAR);
    }

    public static Path jar() {
        return JAR;
    }

    private static final class Output {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Thread reader;

        Output(InputStream in) {
            reader = new Thread(() -> collect(in), "output");
            reader.setDaemon(true);
            reader.start();
        }

        private void collect(InputStream in) {
            try (BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (String line = text.readLine(); line != null; line = text.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add("(output lost: " + e + ')');
            }
        }

        void awaitEnd() throws InterruptedException {
            reader.join(10_000);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public List<String> stdoutLines() {
        return stdout.lines;
    }

    List<String> stderrLines() {
        return stderr.lines;
    }

    public String stdout() {
        return String.join("\n", stdout.lines);
    }

    public String stderr() {
        return String.join("\n", stderr.lines);
    }

    /** SIGTERM. By the handle: {@link Process#destroy} would also close the streams, and lose last words. */
    public void terminate() {
        process.toHandle().destroy();
    }

    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Waits for the end; kills and fails if it does not come. */
    public int awaitExit(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw new AssertionError("still running after " + deadline + ": "
                        + process.info().commandLine().orElse("?") + "\n" + stdout() + "\n" + stderr());
            }
            stdout.awaitEnd();
            stderr.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of a process", e);
        }
    }

    public int exitCode() {
        return process.exitValue();
    }
}
