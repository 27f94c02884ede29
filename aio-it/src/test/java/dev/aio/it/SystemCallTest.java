package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aio.it.Strace.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a request costs in system calls, and on which thread. */
@Tag("alone")
@Timeout(120)
class SystemCallTest {

    private static final int SMALL = 1_024;
    private static final int MIDDLING = 32 << 10;
    private static final int LARGE = 1 << 20;
    private static final int COLD_FILES = 20;

    /** Calls that looking a name up again takes, once a second. */
    private static final int SLACK = 200;

    /** Calls that read, open or close files, or ask about them; the last is cachestat where strace is old. */
    private static final Set<String> FILE_CALLS = Set.of(
            "access",
            "close",
            "fadvise64",
            "fstat",
            "fstatfs",
            "fsync",
            "io_submit",
            "ioctl",
            "lseek",
            "lstat",
            "newfstatat",
            "open",
            "openat",
            "openat2",
            "pread64",
            "preadv",
            "preadv2",
            "read",
            "readlink",
            "readv",
            "sendfile",
            "stat",
            "statx",
            "cachestat",
            "syscall_0x1c3");

    @TempDir(factory = WorkDirectory.class)
    static Path directory;

    @TempDir(factory = WorkDirectory.class)
    static Path logs;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        Host.assumeAsynchronousFileSystem(directory);
        Content.write(directory.resolve("small.bin"), 1, SMALL);
        Content.write(directory.resolve("middling.bin"), 3, MIDDLING);
        Content.write(directory.resolve("large.bin"), 2, LARGE);
        for (int i = 0; i < 2 * COLD_FILES; i++) {
            Content.write(directory.resolve("cold" + i), i, 300_000);
        }
        server = ServerProcess.serving(directory)
                .engine("aio")
                .with("--loops", "1")
                .start();
        warmUp();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Takes every path until its classes are loaded. */
    private static void warmUp() throws IOException {
        requestColdFiles(COLD_FILES);
        try (Client client = Client.connect(server)) {
            for (int i = 0; i < 300; i++) {
                client.get("/small.bin");
                client.get("/middling.bin");
                client.get("/large.bin");
                client.get("/missing");
            }
        }
    }

    private static void requestColdFiles(int first) {
        Path[] files = IntStream.range(first, first + COLD_FILES)
                .mapToObj(i -> directory.resolve("cold" + i))
                .toArray(Path[]::new);
        Host.makeCold(files);
        try (Client client = Client.connect(server)) {
            for (int i = first; i < first + COLD_FILES; i++) {
                assertThat(client.get("/cold" + i).body()).isEqualTo(Content.random(i, 300_000));
            }
        }
    }

    /** The calls of the loop while a client that is connected already asks for a file. */
    private static List<Call> trace(String path, int requests) {
        try (Client client = Client.connect(server)) {
            client.get(path); // which also validates the open file for the next second
            Strace strace = Strace.attach(server, logs);
            try (strace) {
                for (int i = 0; i < requests; i++) {
                    assertThat(client.get(path).status()).isEqualTo(200);
                }
            }
            return onLoop(strace.calls());
        }
    }

    private static List<Call> onLoop(List<Call> calls) {
        List<Integer> loops = server.tasks().named("aio-loop-");
        return calls.stream().filter(call -> loops.contains(call.thread())).collect(Collectors.toList());
    }

    private static List<Call> named(List<Call> calls, String... names) {
        return calls.stream()
                .filter(call -> Set.of(names).contains(call.name()))
                .collect(Collectors.toList());
    }

    /** Names of the file calls but for those that revalidate an open file, once a second at most. */
    private static Set<String> fileCalls(List<Call> calls) {
        return calls.stream()
                .filter(SystemCallTest::isFileCall)
                .filter(call -> !Set.of("openat2", "statx").contains(call.name()))
                .map(Call::name)
                .collect(Collectors.toSet());
    }

    private static boolean isFileCall(Call call) {
        return FILE_CALLS.contains(call.name());
    }

    @Test
    void shouldAnswerSmallHotFileWithOneReadAndOneWrite() throws IOException {
        Files.readAllBytes(directory.resolve("small.bin"));

        List<Call> calls = trace("/small.bin", 1_000);

        assertThat(named(calls, "preadv2")).as("reads").hasSize(1_000);
        assertThat(named(calls, "write", "writev", "sendto", "sendmsg"))
                .as("writes")
                .hasSize(1_000);
        assertThat(fileCalls(calls)).containsExactly("preadv2");
        assertThat(named(calls, "openat2", "statx")).as("revalidation").hasSizeLessThan(100);
        assertThat(inTurns(calls)).as("in all: wait, receive, read, send").isLessThanOrEqualTo(4_000 + SLACK);
    }

    /** One sendfile; before it the version of the file and whether it is in memory are asked. */
    @Test
    void shouldSendMiddlingHotFileInSixCalls() throws IOException {
        Files.readAllBytes(directory.resolve("middling.bin"));

        List<Call> calls = trace("/middling.bin", 1_000);

        assertThat(named(calls, "sendfile"))
                .hasSize(1_000)
                .allSatisfy(call -> assertThat(call.count()).isEqualTo(MIDDLING));
        assertThat(named(calls, "sendto")).as("heads").hasSize(1_000);
        assertThat(fileCalls(calls)).isSubsetOf("sendfile", "pread64", "preadv2", "cachestat", "syscall_0x1c3");
        assertThat(named(calls, "pread64")).as("of the page table").allSatisfy(SystemCallTest::assertOfPagemap);
        assertThat(inTurns(calls))
                .as("in all: wait, receive, statx, pread64 of the page table, send, sendfile")
                .isLessThanOrEqualTo(6_000 + SLACK);
    }

    /** What is locked in memory is asked about once a second. */
    @Test
    void shouldSendPinnedFileInFiveCalls() throws IOException {
        Content.write(directory.resolve("pinned.bin"), 4, MIDDLING);
        try (Client client = Client.connect(server)) {
            long before = PinnedMemoryTest.lockedKib(server);
            await("lock").until(() -> {
                for (int i = 0; i < 20; i++) {
                    client.get("/pinned.bin");
                }
                return PinnedMemoryTest.lockedKib(server) >= before + MIDDLING / 1024;
            });
        }

        List<Call> calls = trace("/pinned.bin", 1_000);

        assertThat(named(calls, "sendfile")).hasSize(1_000);
        assertThat(named(calls, "pread64", "preadv2", "cachestat", "syscall_0x1c3"))
                .hasSizeLessThan(50);
        assertThat(inTurns(calls))
                .as("in all: wait, receive, statx, send, sendfile")
                .isLessThanOrEqualTo(5_000 + SLACK);
    }

    /** How many there are, but for those of the JVM, such as for its safepoints, and of a name looked up again. */
    private static long inTurns(List<Call> calls) {
        return calls.stream()
                .filter(call -> !Set.of("futex", "mprotect", "mmap", "madvise", "sched_yield")
                        .contains(call.name()))
                .count();
    }

    @Test
    void shouldSendLargeHotFileBySendfileOnly() throws IOException {
        Files.readAllBytes(directory.resolve("large.bin"));

        List<Call> calls = trace("/large.bin", 200);

        long sent = named(calls, "sendfile").stream()
                .mapToLong(c -> Math.max(0, resultOf(c)))
                .sum();
        assertThat(sent).as("bytes by sendfile").isEqualTo(200L * LARGE);
        assertThat(named(calls, "sendto"))
                .as("the head and nothing else")
                .hasSize(200)
                .allSatisfy(head -> {
                    assertThat(head.arguments()).contains("MSG_MORE");
                    assertThat(head.count()).isLessThan(1_000);
                });
        // whether the bytes are resident is asked of the page table, or by cachestat and reads of one byte
        assertThat(named(calls, "preadv2"))
                .allSatisfy(asked -> assertThat(asked.count()).isLessThanOrEqualTo(1));
        assertThat(fileCalls(calls)).isSubsetOf("sendfile", "pread64", "preadv2", "cachestat", "syscall_0x1c3");
        assertThat(named(calls, "pread64")).as("of the page table").allSatisfy(SystemCallTest::assertOfPagemap);
        assertThat(named(calls, "pread64", "preadv2", "cachestat", "syscall_0x1c3"))
                .as("once for each sendfile, or little more")
                .hasSizeLessThan(2 * named(calls, "sendfile").size());
    }

    private static void assertOfPagemap(Call call) {
        String descriptor = call.arguments().substring(0, call.arguments().indexOf(','));
        assertThat(Path.of("/proc", Long.toString(server.pid()), "fd", descriptor))
                .satisfies(
                        fd -> assertThat(Files.readSymbolicLink(fd).toString()).endsWith("/pagemap"));
    }

    private static long resultOf(Call call) {
        return call.result().matches("-?\\d+") ? call.count() : 0;
    }

    @Test
    void shouldReadColdFilesByAioThatSignalsTheLoop() {
        Strace strace = Strace.attach(server, logs);
        try (strace) {
            requestColdFiles(0);
        }

        List<Call> calls = strace.calls();

        assertThat(named(calls, "io_submit"))
                .hasSizeGreaterThanOrEqualTo(COLD_FILES)
                .allSatisfy(submit -> assertThat(submit.arguments()).contains("IOCB_FLAG_RESFD"));
        assertDoesNothingThatWaits(onLoop(calls));
    }

    /** By the calls themselves: which of them the kernel promises not to wait in. */
    private static void assertDoesNothingThatWaits(List<Call> calls) {
        assertThat(calls).as("calls of the loop").isNotEmpty();
        List<String> sockets =
                named(calls, "accept4").stream().map(Call::result).toList();
        assertThat(calls.stream().filter(SystemCallTest::isFileCall)).allSatisfy(call -> {
            String arguments = call.arguments();
            switch (call.name()) {
                case "openat2" -> assertThat(arguments).contains("RESOLVE_CACHED");
                case "openat" ->
                    assertThat(arguments).contains("/proc/self/fd/").doesNotContain("O_DIRECT");
                case "statx" -> assertThat(arguments).contains("AT_EMPTY_PATH");
                case "preadv2" -> assertThat(arguments).contains("RWF_NOWAIT");
                case "pread64" -> assertOfPagemap(call);
                case "io_submit" -> assertThat(arguments).contains("RWF_NOWAIT");
                case "fadvise64" -> assertThat(arguments).contains("POSIX_FADV_RANDOM");
                case "close" -> assertThat(arguments).as("a socket").isIn(sockets);
                default -> assertThat(call.name()).isIn("sendfile", "cachestat", "syscall_0x1c3");
            }
        });
    }
}
