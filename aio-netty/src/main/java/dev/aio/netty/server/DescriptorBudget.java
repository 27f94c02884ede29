package dev.aio.netty.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.StringTokenizer;

/**
 * Shares the descriptors that the process may have out among connections and open files. Without, a small limit is
 * found out by accept(2), when nobody can be told anything any more.
 *
 * @param limit descriptors of the process; 0 if that is not known
 * @param connections connections at once; 0 for any number
 * @param openFiles files kept open, each with up to two descriptors
 * @param shrunk whether the limit made one of them smaller than it would be
 * @param tight whether what was asked for cannot be held all the same
 */
record DescriptorBudget(long limit, int connections, int openFiles, boolean shrunk, boolean tight) {

    static final int CONNECTIONS = 10_000;
    static final int OPEN_FILES = 1_024;

    private static final int FEWEST_FILES = 16;

    /** Of the JVM, of loops, and of files that are being opened: some 45 were counted with one loop. */
    private static final int OWN = 80;

    /** epoll, two eventfds and a timer, of the loop; the eventfd of its engine. */
    private static final int OF_A_LOOP = 5;

    private static final String LIMIT = "Max open files";

    /**
     * @param limit of the process; 0 if that is not known, or there is none
     * @param wanted connections that were asked for; 0 for any number, -1 if nothing was said
     * @param wantedFiles open files that were asked for; -1 if nothing was said
     */
    static DescriptorBudget of(long limit, int loops, int wanted, int wantedFiles) {
        int mostFiles = wantedFiles < 0 ? OPEN_FILES : wantedFiles;
        if (limit == 0) {
            return new DescriptorBudget(0, wanted < 0 ? CONNECTIONS : wanted, mostFiles, false, false);
        }
        long free = Math.max(0, limit - OWN - (long) loops * OF_A_LOOP);
        long most = Math.max(1, wantedFiles < 0 ? free * 3 / 4 : free - 2L * wantedFiles);
        int connections = wanted >= 0 ? wanted : (int) Math.min(CONNECTIONS, most);
        long held = wanted == 0 ? most : connections;
        long files = wantedFiles >= 0 ? wantedFiles : Math.max(FEWEST_FILES, Math.min(OPEN_FILES, (free - held) / 2));
        boolean shrunk = files < mostFiles || wanted < 0 && connections < CONNECTIONS;
        return new DescriptorBudget(limit, connections, (int) files, shrunk, held + 2 * files > free);
    }

    /** The limit of this process, which the JVM has raised as far as it may; 0 if that is not known. */
    static long ofThisProcess() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith(LIMIT)) {
                    return Long.parseLong(new StringTokenizer(line.substring(LIMIT.length())).nextToken());
                }
            }
            return 0;
        } catch (IOException | NumberFormatException | NoSuchElementException unknown) {
            return 0;
        }
    }
}
