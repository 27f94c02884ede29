package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ab counts, and what wrk compares with the file. */
@Timeout(60)
class LoadGeneratorsTest {

    private static final int REQUESTS = 500;
    private static final int SMALL = 1_000;
    private static final int LARGE = 300_000;

    /** Each answer is compared; what is wrong is counted by each thread and told in the end. */
    private static final String SCRIPT = """
            local threads = {}
            function setup(thread) table.insert(threads, thread) end
            function init(args)
                local file = io.open(args[1], "rb")
                expected = file:read("*a")
                file:close()
                same = 0
                other = 0
            end
            function response(status, headers, body)
                if status == 200 and body == expected then same = same + 1 else other = other + 1 end
            end
            function done(summary, latency, requests)
                for _, thread in ipairs(threads) do
                    print("same: " .. thread:get("same") .. ", other: " .. thread:get("other"))
                end
                local errors = summary.errors
                print("errors: " .. errors.connect + errors.read + errors.write + errors.status + errors.timeout)
            end
            """;

    private static final Pattern SAME = Pattern.compile("same: (\\d+), other: 0");

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @TempDir(factory = WorkDirectory.class)
    static Path own;

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        Content.write(directory.resolve("" + SMALL), 1, SMALL);
        Content.write(directory.resolve("" + LARGE), 2, LARGE);
        server = ServerProcess.serving(directory).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"1000, true", "1000, false", "300000, true"})
    void shouldFailNoRequestOfAb(int size, boolean keepAlive) {
        WebClient.AB.assumeThere("apache2-utils");

        String report = Program.succeed(
                "ab", "-q", "-n", "" + REQUESTS, "-c", "10", keepAlive ? "-k" : "-i", server.url("/" + size));

        assertThat(report)
                .containsPattern("Complete requests: +" + REQUESTS + "\\s")
                .containsPattern("Failed requests: +0\\s")
                .containsPattern("Document Length: +" + (keepAlive ? size : 0) + " bytes")
                .doesNotContain("Non-2xx");
        if (keepAlive) { // else HEAD
            assertThat(report)
                    .containsPattern("Keep-Alive requests: +" + REQUESTS + "\\s")
                    .containsPattern("HTML transferred: +" + (long) REQUESTS * size + " bytes");
        }
        WebClient.AB.wasRight(
                "HTTP/1.0", keepAlive ? REQUESTS + " requests by 10 connections kept alive, lengths" : "HEAD");
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void shouldGetTheSameBytesByWrk(int size) throws IOException {
        WebClient.WRK.assumeThere("wrk");
        Path script = Files.writeString(own.resolve("compare.lua"), SCRIPT);

        String report = Program.succeed(
                "wrk",
                "-t1",
                "-c10",
                "-d1s",
                "-s",
                script.toString(),
                server.url("/" + size),
                "--",
                directory.resolve("" + size).toString());

        Matcher same = SAME.matcher(report);
        assertThat(same.find()).as(report).isTrue();
        assertThat(Integer.parseInt(same.group(1))).as(report).isGreaterThan(10);
        assertThat(report).contains("errors: 0");
        WebClient.WRK.gotIdentical("HTTP/1.1", "whole files for a second by 10 connections");
    }
}
