package dev.aio.it;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A client that nobody here wrote, and what it has fetched in this run: tests say so, {@link ClientsTableTest} shows it. */
enum WebClient {
    CURL("curl %s", "curl", "--version"),
    WGET("wget %s", "wget", "--version"),
    CHROMIUM("Chromium %s", "chromium", "--version"),
    AB("ab %s", "ab", "-V"),
    WRK("wrk %s", "wrk", "-v"),
    H2LOAD("h2load %s", "h2load", "--version"),
    NGHTTP("nghttp %s", "nghttp", "--version"),
    OPENSSL("openssl %s `s_client`", "openssl", "version"),
    HAPROXY("HAProxy %s in front", "haproxy", "-v"),
    NGINX("nginx %s in front", "/usr/sbin/nginx", "-v");

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+");

    private final String title; // with the version's place
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

    /** What the table calls it, whatever its version. */
    String title() {
        return title.formatted("").replace("  ", " ").strip();
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
        return List.of(title.formatted(version()), cell(protocols), cell(identical), cell(right)).stream()
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String cell(Set<String> entries) {
        return entries.isEmpty() ? "–" : String.join("; ", entries);
    }

    private String version() {
        Program asked = Program.run(program, versionOption);
        Matcher version = VERSION.matcher(asked.stdout() + asked.stderr());
        return version.find() ? version.group() : "";
    }
}
