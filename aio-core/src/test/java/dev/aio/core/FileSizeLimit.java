package dev.aio.core;

import java.io.IOException;

/** {@code RLIMIT_FSIZE} of this process, the soft limit only, until closed. The JVM ignores SIGXFSZ. */
final class FileSizeLimit implements AutoCloseable {

    private final String before;

    private FileSizeLimit(String before) {
        this.before = before;
    }

    static FileSizeLimit of(long bytes) throws IOException {
        String before = FieldSuite.assumeRuns(
                        "prlimit", "--pid", pid(), "--fsize", "--output", "SOFT", "--noheadings", "--raw")
                .trim();
        set(Long.toString(bytes));
        return new FileSizeLimit(before);
    }

    private static void set(String soft) throws IOException {
        FieldSuite.assumeRuns("prlimit", "--pid", pid(), "--fsize=" + soft + ":");
    }

    private static String pid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    @Override
    public void close() throws IOException {
        set(before);
    }
}
