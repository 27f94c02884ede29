package dev.aio.it;

import java.util.List;
import java.util.Set;
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

    private static final RunNotes FETCHED = new RunNotes("clients");
    private static final String PROTOCOL = "protocol";
    private static final String IDENTICAL = "identical";
    private static final String RIGHT = "right";

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+");

    private final String title; // with the version's place
    private final String program;
    private final String versionOption;

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
        FETCHED.add(name(), PROTOCOL, protocol);
        FETCHED.add(name(), IDENTICAL, what);
    }

    /** There were no bytes to compare, or it has thrown them away; all else was as it should be. */
    void wasRight(String protocol, String what) {
        FETCHED.add(name(), PROTOCOL, protocol);
        FETCHED.add(name(), RIGHT, what);
    }

    boolean hasFetched() {
        return !FETCHED.of(name(), PROTOCOL).isEmpty();
    }

    /** The line of the table, as Markdown. */
    String row() {
        return List.of(title.formatted(version()), cell(PROTOCOL), cell(IDENTICAL), cell(RIGHT)).stream()
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String cell(String column) {
        Set<String> entries = FETCHED.of(name(), column);
        return entries.isEmpty() ? "–" : String.join("; ", entries);
    }

    private String version() {
        Program asked = Program.run(program, versionOption);
        Matcher version = VERSION.matcher(asked.stdout() + asked.stderr());
        return version.find() ? version.group() : "";
    }
}
