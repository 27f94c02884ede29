package dev.aio.it;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that nobody here wrote, and what it has fetched in this run: tests say so, {@link ClientsTableTest} shows it. */
enum WebClient {
    CURL("curl", "curl", "--version"),
    WGET("Wget", "wget", "--version"),
    CHROMIUM("Chromium", "chromium", "--version"),
    AB("ab", "ab", "-V"),
    WRK("wrk", "wrk", "-v"),
    H2LOAD("h2load", "h2load", "--version"),
    NGHTTP("nghttp", "nghttp", "--version"),
    OPENSSL("openssl s_client", "openssl", "version"),
    HAPROXY("HAProxy in front", "haproxy", "-v"),
    NGINX("nginx in front", "/usr/sbin/nginx", "-v");

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+");

    final String title;
    private final String program;
    private final String versionOption;
    private final Set<String> protocols = new ConcurrentSkipListSet<>();
    private final Set<String> identical = new ConcurrentSkipListSet<>();
    private final Set<String> right = new ConcurrentSkipListSet<>();

    WebClient(String title, String program, String versionOption) {
        this.title = title;
        this.program = program;
        this.versionOption = versionOption;
    }

    /** Skips the test where it is not there. */
    void assumeThere(String debianPackage) {
        Host.assumeProgram(program, debianPackage);
    }

    boolean isThere() {
        return Host.hasProgram(program);
    }

    /** What it got was compared, byte by byte or by sha256, with what it had asked for. */
    void gotIdentical(String protocol, String what) {
        protocols.add(protocol);
        identical.add(what);
    }

    /** There were no bytes to compare, or it has thrown them away; all else was as it should be. */
    void wasRight(String protocol, String what) {
        protocols.add(protocol);
        right.add(what);
    }

    boolean hasFetched() {
        return !protocols.isEmpty();
    }

    /** The line of the table, as Markdown. */
    String row() {
        return "| " + title + ' ' + version() + " | " + String.join(", ", protocols) + " | "
                + String.join(", ", identical) + " | " + String.join(", ", right) + " |";
    }

    private String version() {
        Program asked = Program.run(program, versionOption);
        Matcher version = VERSION.matcher(asked.stdout() + asked.stderr());
        return version.find() ? version.group() : "";
    }
}
