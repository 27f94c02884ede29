package dev.aio.netty.server;

import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to see when the server starts: a few lines for standard error.
 *
 * @param blocking why cold files are not read by AIO; {@code null} if they are
 * @param roots the directories that are served, by the paths they are served under
 * @param tls {@code null} for none
 * @param counters see {@link JvmCounters#file}
 */
record StartupSummary(
        @Nullable String blocking,
        int loops,
        List<String> roots,
        @Nullable SslContext tls,
        DescriptorBudget budget,
        @Nullable String counters) {

    static String root(String prefix, Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        return prefix.equals("/") ? absolute.toString() : absolute + " under " + prefix;
    }

    /** One line each, without an end. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("serving " + String.join(", ", roots));
        lines.add(loops + (loops == 1 ? " loop" : " loops") + ", cold files by "
                + (blocking == null ? "Linux AIO" : "blocking threads: " + blocking));
        lines.add("HTTP/1.1 and HTTP/2 "
                + (tls == null ? "without TLS" : "over TLS 1.2 and 1.3 by " + TlsProvider.inWords(tls)));
        lines.add("at most " + (budget.connections() == 0 ? "any number of" : budget.connections())
                + " connections and " + budget.openFiles() + " open files" + limit());
        if (counters != null) {
            lines.add("event loops may wait for the disk of " + counters
                    + ", where this JVM keeps its performance counters: start it with -XX:-UsePerfData");
        }
        return lines;
    }

    private String limit() {
        if (budget.limit() == 0) {
            return "";
        }
        String limit = " of " + budget.limit() + " descriptors (ulimit -n)";
        if (budget.tight()) {
            return limit + ", which is too few: clients may have to wait";
        }
        return budget.shrunk() ? limit + ", which allows no more" : limit;
    }
}
