package dev.aio.it;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the server's JVM wrote, line by line, and what of it must never be there. */
final class Transcript {

    /** What -Xcheck:jni says of Netty's own natives; of ours it may not say it either. */
    private static final Pattern NOISE_OF_NETTY =
            Pattern.compile("WARNING: JNI local refs: \\d+, exceeds capacity: \\d+|WARNING in native method: JNI call"
                    + " made without checking exceptions when required to from \\w+");

    private static final Pattern JNI_REPORT =
            Pattern.compile("WARNING in native method:.*|WARNING: JNI .*|FATAL ERROR in native .*");
    private static final Pattern FRAME = Pattern.compile("\\s+at [\\w.$]+.*");

    private final List<String> lines;

    Transcript(List<String> lines) {
        this.lines = lines;
    }

    /** Leaks, native mistakes and stack traces. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String next = i + 1 < lines.size() ? lines.get(i + 1) : "";
            if (NOISE_OF_NETTY.matcher(line).matches() && next.contains("at io.netty.")) {
                i = lastFrame(i);
            } else if (JNI_REPORT.matcher(line).matches()) {
                problems.add(line.strip() + ' ' + next.strip());
                i = lastFrame(i);
            } else if (line.contains("LEAK:")) {
                problems.add(line);
            } else if (FRAME.matcher(line).matches()) {
                problems.add("stack trace of: " + (i > 0 ? lines.get(i - 1) : "?") + ' ' + line.strip());
                i = lastFrame(i);
            }
        }
        return problems;
    }

    private int lastFrame(int line) {
        int last = line;
        while (last + 1 < lines.size() && FRAME.matcher(lines.get(last + 1)).matches()) {
            last++;
        }
        return last;
    }
}
