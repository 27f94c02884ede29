package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.core.AioDirectory;
import dev.aio.core.AioException;
import dev.aio.core.FileStat;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a blocked lane is unblocked at the end of its block, and not used in it
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenFilesTest {

    private static final Duration FOR_EVER = Duration.ofHours(1);
    private static final Duration NEVER = Duration.ZERO;

    @TempDir(factory = TargetDirectory.class)
    Path parent;

    private Path directory;
    private TestTransport t;
    private AioLoop loop;
    private AioDirectory root;
    private OpenFiles files;

    @BeforeEach
    void open() throws Exception {
        directory = Files.createDirectory(parent.resolve("root"));
        t = TestTransport.of(LoopKind.EPOLL, Engine.AUTO, options -> options.laneLimit(8));
        loop = t.aioLoop();
        root = AioDirectory.open(directory);
    }

    @AfterEach
    void everythingIsClosed() throws Exception {
        if (files != null) {
            files.close();
        }
        root.close();
        Await.until("descriptors closed", () -> OpenDescriptors.under(directory).isEmpty());
        t.close();
    }

    private void files(int limit, Duration trust) {
        files = new OpenFiles(t.transport, root, limit, trust);
    }

    private OpenFile get(String name) throws Exception {
        return Await.result(OpenResult.open(files, loop, name));
    }

    /** Opens and gives back at once; the result may only be compared. */
    private OpenFile touch(String name) throws Exception {
        OpenFile file = get(name);
        file.release();
        return file;
    }

    private String errnoOf(String name) {
        Throwable cause = Await.ended(OpenResult.open(files, loop, name)).cause();
        assertThat(cause).as("failure of %s", name).isInstanceOf(AioException.class);
        return ((AioException) cause).errnoName();
    }

    private Set<String> openNames() throws IOException {
        return OpenDescriptors.under(directory).stream()
                .map(s -> s.substring(s.lastIndexOf('/') + 1).replace(" (deleted)", ""))
                .collect(Collectors.toSet());
    }

    private long opens() {
        return t.count(Rung.OPEN_CACHED) + t.count(Rung.OPEN_LANE);
    }

    private long revalidations() {
        return t.count(Rung.REVALIDATE_CACHED) + t.count(Rung.REVALIDATE_LANE);
    }

    @Test
    void anEntryIsServedAsItIsWhileItIsTrusted() throws Exception {
        TestFile.create(directory, "a", 10);
        files(8, FOR_EVER);
        OpenFile first = touch("a");
        assertThat(touch("a")).isSameAs(first);
        assertThat(files.size()).isEqualTo(1);
        assertThat(opens()).isEqualTo(1);
        assertThat(revalidations()).isZero();
    }

    @Test
    void anEntryIsProvedRightOnceTrustIsOver() throws Exception {
        TestFile.create(directory, "a", 10);
        files(8, NEVER);
        OpenFile first = touch("a");
        assertThat(touch("a")).isSameAs(first);
        assertThat(opens()).isEqualTo(1);
        assertThat(revalidations()).isEqualTo(1);
    }

    @Test
    void freshKnowsOnlyWhatIsTrusted() throws Exception {
        TestFile.create(directory, "a", 10);
        files(8, Duration.ofSeconds(100));
        assertThat(files.fresh("a", System.nanoTime())).isNull();
        OpenFile entry = touch("a");
        OpenFile fresh = files.fresh("a", System.nanoTime());
        assertThat(fresh).isSameAs(entry);
        fresh.release();
        assertThat(files.fresh("a", System.nanoTime() + TimeUnit.SECONDS.toNanos(101)))
                .isNull();
    }

    @Test
    void aFileReplacedByRenameIsNoticed() throws Exception {
        TestFile.create(directory, "a", 10);
        TestFile next = TestFile.create(directory, "next", 20);
        files(8, NEVER);
        OpenFile old = get("a");
        Files.move(next.path, directory.resolve("a"), StandardCopyOption.REPLACE_EXISTING);
        OpenFile replaced = get("a");
        assertThat(replaced).isNotSameAs(old);
        assertThat(replaced.file().stat().inode())
                .isNotEqualTo(old.file().stat().inode());
        assertThat(replaced.file().size()).isEqualTo(20);
        assertThat(files.size()).isEqualTo(1);
        assertThat(old.file().tryRetain())
                .as("the old version lives while it is in use")
                .isTrue();
        old.file().release();
        old.release();
        assertThat(old.file().tryRetain()).isFalse();
        replaced.release();
    }

    @Test
    void aFileReplacedBySameSizeAndTimeIsNoticed() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        TestFile next = TestFile.create(directory, "next", 10);
        Files.setLastModifiedTime(next.path, Files.getLastModifiedTime(a.path));
        files(8, NEVER);
        OpenFile old = touch("a");
        Files.move(next.path, a.path, StandardCopyOption.REPLACE_EXISTING);
        assertThat(touch("a")).isNotSameAs(old);
    }

    @Test
    void aFileChangedInPlaceIsNoticed() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        OpenFile old = touch("a");
        try (FileChannel channel = FileChannel.open(a.path, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.allocate(5));
        }
        OpenFile changed = touch("a");
        assertThat(changed).isNotSameAs(old);
        assertThat(changed.file().size()).isEqualTo(15);
    }

    @Test
    void aFileOverwrittenWithItsOldSizeIsNoticed() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        OpenFile old = touch("a");
        try (FileChannel channel = FileChannel.open(a.path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(10));
        }
        Files.setLastModifiedTime(a.path, FileTime.fromMillis(1_000_000_000_000L));
        assertThat(touch("a")).isNotSameAs(old);
    }

    @Test
    void aFileWrittenInPlaceIsKnownAsSuchForAWhile() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        assertThat(touch("a").isRewritten(System.nanoTime())).isFalse();
        try (FileChannel channel = FileChannel.open(a.path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(10));
        }
        OpenFile changed = touch("a");
        assertThat(changed.isRewritten(System.nanoTime())).isTrue();
        assertThat(changed.isRewritten(System.nanoTime() + TimeUnit.SECONDS.toNanos(60)))
                .isFalse();
    }

    @Test
    void aFileWrittenInPlaceIsKnownAsSuchAlsoIfTwoHaveOpenedItAtOnce() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        OpenFile old = get("a");
        try (FileChannel channel = FileChannel.open(a.path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(10));
        }
        OpenFile first = get("a");
        OpenFile second = new OpenFile("a", first.file(), first, false, System.nanoTime());
        assertThat(second.isRewritten(System.nanoTime())).isTrue();
        old.release();
        first.release();
    }

    @Test
    void aFileReplacedByRenameIsNotTakenForOneWrittenInPlace() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        TestFile next = TestFile.create(directory, "next", 20);
        files(8, NEVER);
        touch("a");
        Files.move(next.path, a.path, StandardCopyOption.REPLACE_EXISTING);
        assertThat(touch("a").isRewritten(System.nanoTime())).isFalse();
    }

    @Test
    void aDeletedFileIsForgottenAndClosed() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        touch("a");
        Files.delete(a.path);
        assertThat(errnoOf("a")).isEqualTo("ENOENT");
        assertThat(files.size()).isZero();
        Await.until("descriptors closed", () -> openNames().isEmpty());
    }

    @Test
    void aFileThatBecameADirectoryIsForgottenAndClosed() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        touch("a");
        Files.delete(a.path);
        Files.createDirectory(a.path);
        assertThatThrownBy(() -> get("a")).hasMessage("directory");
        assertThat(files.size()).isZero();
        Await.until("descriptors closed", () -> openNames().isEmpty());
    }

    @Test
    void theEmptyNameIsTheRoot() {
        files(8, FOR_EVER);
        assertThatThrownBy(() -> get("")).hasMessage("directory");
    }

    @Test
    void aDirectoryIsNotOpened() throws Exception {
        Files.createDirectory(directory.resolve("d"));
        files(8, FOR_EVER);
        assertThatThrownBy(() -> get("d")).isInstanceOf(OpenResult.NotRegularException.class);
        assertThat(opens()).isZero();
        assertThat(files.size()).isZero();
    }

    /** Opening a FIFO for reading would release a writer that waits for a reader. */
    @Test
    void aFifoIsNotOpened() throws Exception {
        Path fifo = directory.resolve("fifo");
        assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "no mkfifo");
        files(8, FOR_EVER);
        Process writer =
                new ProcessBuilder("sh", "-c", "echo waits; exec echo opened > \"$0\"", fifo.toString()).start();
        try {
            assertThat(writer.inputReader().readLine()).isEqualTo("waits");
            assertThatThrownBy(() -> get("fifo")).hasMessage("neither file nor directory");
            assertThat(opens()).isZero();
            assertThat(writer.isAlive()).as("the writer waits for a reader").isTrue();
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    @Test
    void aSocketIsNotOpened() throws Exception {
        Path socket = Path.of("target", "s" + ProcessHandle.current().pid());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket)); // its address must be short
            Files.move(socket, directory.resolve("socket"));
            files(8, FOR_EVER);
            assertThatThrownBy(() -> get("socket")).hasMessage("neither file nor directory");
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    @Test
    void aSymbolicLinkWithinTheRootIsFollowed() throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        TestFile a = TestFile.create(directory.resolve("sub"), "a", 10);
        Files.createSymbolicLink(directory.resolve("link"), Path.of("sub/../sub/a"));
        files(8, FOR_EVER);
        assertThat(touch("link").file().stat().inode())
                .isEqualTo(((Number) Files.getAttribute(a.path, "unix:ino")).longValue());
    }

    @Test
    void symbolicLinksThatLeaveTheRootAreRefused() throws Exception {
        TestFile.create(parent, "secret", 10);
        Files.createSymbolicLink(directory.resolve("relative"), Path.of("../secret"));
        Files.createSymbolicLink(directory.resolve("absolute"), parent.resolve("secret"));
        Files.createSymbolicLink(directory.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(directory.resolve("magic"), Path.of("/proc/self/root"));
        files(8, FOR_EVER);
        for (String name : List.of("relative", "absolute", "up/secret", "magic", "magic/etc/passwd", "../secret")) {
            assertThat(errnoOf(name)).as(name).isIn("EXDEV", "ELOOP");
        }
        assertThat(files.size()).isZero();
    }

    @Test
    void aLinkThatLeadsElsewhereMeanwhileIsNoticed() throws Exception {
        TestFile.create(directory, "v1", 10);
        TestFile.create(directory, "v2", 20);
        Path current = directory.resolve("current");
        Files.createSymbolicLink(current, Path.of("v1"));
        files(8, NEVER);
        assertThat(touch("current").file().size()).isEqualTo(10);
        Files.createSymbolicLink(directory.resolve("new"), Path.of("v2"));
        Files.move(directory.resolve("new"), current, StandardCopyOption.ATOMIC_MOVE);
        assertThat(touch("current").file().size()).isEqualTo(20);
    }

    @Test
    void aNameTooLongOrWithNulIsRefused() {
        files(8, FOR_EVER);
        assertThat(errnoOf("x".repeat(300))).isEqualTo("ENAMETOOLONG");
        assertThat(errnoOf("x/".repeat(4000))).isEqualTo("ENAMETOOLONG");
        assertThat(errnoOf("a\0b")).isIn("ENAMETOOLONG", "EINVAL", "ENOENT");
    }

    @Test
    void aFileAsDirectoryIsRefused() throws Exception {
        TestFile.create(directory, "a", 10);
        files(8, FOR_EVER);
        assertThat(errnoOf("a/b")).isEqualTo("ENOTDIR");
    }

    @Test
    void namesNeedNotBeAscii() throws Exception {
        TestFile.create(directory, "grün 日本.txt", 10);
        files(8, FOR_EVER);
        assertThat(touch("grün 日本.txt").file().size()).isEqualTo(10);
    }

    @Test
    void theLeastRecentlyUsedAreClosedBeyondTheLimit() throws Exception {
        for (int i = 0; i < 9; i++) {
            TestFile.create(directory, "f" + i, 10);
        }
        files(8, FOR_EVER);
        for (int i = 0; i < 8; i++) {
            touch("f" + i);
        }
        touch("f0"); // now f1 is the oldest
        touch("f8");
        assertThat(files.size()).isEqualTo(8);
        Await.until("the oldest closed", () -> !openNames().contains("f1"));
        assertThat(openNames()).containsExactlyInAnyOrder("f0", "f2", "f3", "f4", "f5", "f6", "f7", "f8");
    }

    @Test
    void anEvictedFileStaysOpenWhileItIsInUse() throws Exception {
        TestFile.create(directory, "a", 10);
        TestFile.create(directory, "b", 10);
        files(1, FOR_EVER);
        OpenFile a = get("a");
        touch("b");
        assertThat(files.size()).isEqualTo(1);
        assertThat(openNames()).contains("a");
        a.release();
        Await.until("closed after use", () -> openNames().equals(Set.of("b")));
    }

    @Test
    void manyFilesThroughASmallCacheKeepFewOpen() throws Exception {
        for (int i = 0; i < 100; i++) {
            TestFile.create(directory, "f" + i, 10);
        }
        files(4, FOR_EVER);
        for (int i = 0; i < 100; i++) {
            assertThat(touch("f" + i).file().size()).isEqualTo(10);
            assertThat(files.size()).isLessThanOrEqualTo(4);
        }
        Await.until("few open", () -> OpenDescriptors.under(directory).size() <= 4);
    }

    @Test
    void missingNamesLeaveNothingBehind() throws Exception {
        files(1024, FOR_EVER);
        int names = 100_000;
        Promise<Void> done = loop.eventLoop().newPromise();
        loop.eventLoop().execute(() -> new MissingNames(names, done).next());
        if (!done.await(50, TimeUnit.SECONDS)) {
            throw new AssertionError("not all names were answered");
        }
        assertThat(done.cause()).isNull();
        assertThat(files.size()).isZero();
        assertThat(OpenDescriptors.under(directory)).isEmpty();
        assertThat(t.transport.lane().queued()).isZero();
    }

    /** Asks for one name after the other. */
    private final class MissingNames implements OpenListener {
        private final int count;
        private final Promise<Void> done;
        private int asked;
        private boolean answered;

        MissingNames(int count, Promise<Void> done) {
            this.count = count;
            this.done = done;
        }

        /** A loop where answers come at once, so that the stack stays flat. */
        void next() {
            do {
                if (asked == count) {
                    done.setSuccess(null);
                    return;
                }
                answered = false;
                files.open(loop, "missing-" + asked++, this);
            } while (answered);
            answered = true; // the next answer comes from the lane
        }

        @Override
        public void opened(OpenFile file) {
            done.setFailure(new AssertionError("opened " + file.name()));
        }

        @Override
        public void notRegular(FileStat stat) {
            done.setFailure(new AssertionError("found " + stat));
        }

        @Override
        public void failed(Throwable cause) {
            if (!(cause instanceof AioException) || ((AioException) cause).errno() != Linux.ENOENT) {
                done.setFailure(cause);
            } else if (answered) {
                next();
            } else {
                answered = true;
            }
        }
    }

    @Test
    void concurrentOpensOfOneNameOnSeveralLoopsEndWithOneEntry() throws Exception {
        TestFile a = TestFile.create(directory, "a", 10);
        files(8, NEVER);
        for (int round = 0; round < 50; round++) {
            List<Future<OpenFile>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                results.add(OpenResult.open(files, t.aioLoop(), "a"));
                if (i == 4) {
                    Files.setLastModifiedTime(a.path, FileTime.fromMillis(1000L * round));
                }
            }
            for (Future<OpenFile> result : results) {
                OpenFile file = resultOrOverload(result);
                if (file != null) {
                    assertThat(file.file().size()).isEqualTo(10);
                    file.release();
                }
            }
        }
        assertThat(files.size()).isEqualTo(1);
        Await.until("one open", () -> OpenDescriptors.under(directory).size() == 1);
    }

    private static OpenFile resultOrOverload(Future<OpenFile> result) throws Exception {
        try {
            return Await.result(result);
        } catch (RejectedExecutionException overload) {
            return null;
        }
    }

    @Test
    void anOpenIsRefusedWhenTheLaneItNeedsIsFull() throws Exception {
        files(8, FOR_EVER);
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            lane.queue(8);
            // Never asked for, so the kernel cannot tell without looking at the disk.
            assertThatThrownBy(() -> get("never-asked-for-" + System.nanoTime()))
                    .isInstanceOf(RejectedExecutionException.class);
        }
        Await.until("lane empty", () -> t.transport.lane().queued() == 0);
    }

    @Test
    void closeClosesWhatIsNotInUse() throws Exception {
        TestFile.create(directory, "a", 10);
        TestFile.create(directory, "b", 10);
        files(8, FOR_EVER);
        OpenFile a = get("a");
        touch("b");
        files.close();
        assertThat(files.size()).isZero();
        Await.until("only a open", () -> openNames().equals(Set.of("a")));
        a.release();
    }

    @Test
    void nothingIsOpenedAfterClose() throws Exception {
        TestFile.create(directory, "a", 10);
        files(8, FOR_EVER);
        touch("a");
        files.close();
        assertThatThrownBy(() -> get("a"))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void anOpenOnItsWayWhileClosedLeavesNothingOpen() throws Exception {
        TestFile.create(directory, "a", 10);
        files(8, FOR_EVER);
        List<Future<OpenFile>> results = new ArrayList<>();
        try (TestTransport.BlockedLane lane = t.blockLane()) {
            results.add(OpenResult.open(files, loop, "a")); // goes to the lane if the name is not known yet
            TestTransport.run(loop.eventLoop(), files::close);
        }
        Await.result(results.get(0)).release();
        assertThat(files.size()).isZero();
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> files(0, FOR_EVER))
                .withMessageContaining("limit");
    }

    /** Idle files are closed so that the next open succeeds. */
    @Test
    void runningOutOfDescriptorsClosesIdleFiles() throws Exception {
        int cached = 40;
        for (int i = 0; i <= cached; i++) {
            TestFile.create(directory, "f" + i, 10);
        }
        files(1000, FOR_EVER);
        for (int i = 0; i < cached; i++) {
            touch("f" + i);
        }
        Await.until(
                "nothing left to close", () -> OpenDescriptors.under(directory).size() == cached);
        errnoOf("missing"); // loads the classes that failures need, while files can be opened
        try (DescriptorLimit limit = DescriptorLimit.lowerTo(OpenDescriptors.highest() + 20)) {
            limit.useUp();
            assertThat(errnoOf("f" + cached)).isEqualTo("EMFILE");
            assertThat(files.size()).isLessThan(cached);
        }
        assertThat(touch("f" + cached).file().size()).isEqualTo(10);
    }

    /** This process's limit on descriptors, lowered by prlimit(1) since Java cannot. */
    private static final class DescriptorLimit implements AutoCloseable {
        private final String before;
        private final List<Integer> fillers = new ArrayList<>();

        private DescriptorLimit(String before) {
            this.before = before;
        }

        static DescriptorLimit lowerTo(int limit) throws Exception {
            String before = prlimit("--noheadings", "--output=SOFT", "--nofile").trim();
            prlimit("--nofile=" + limit + ":");
            return new DescriptorLimit(before);
        }

        /** Leaves not one descriptor to be had. */
        void useUp() {
            int fd;
            while ((fd = Native.openat(Linux.AT_FDCWD, Scratch.get().path("/dev/null"), Linux.O_RDONLY, 0)) >= 0) {
                fillers.add(fd);
            }
            assertThat(fd).isEqualTo(-Linux.EMFILE);
        }

        private static String prlimit(String... options) throws Exception {
            List<String> command = new ArrayList<>(
                    List.of("prlimit", "--pid=" + ProcessHandle.current().pid()));
            command.addAll(List.of(options));
            Process process;
            try {
                process = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException e) {
                assumeTrue(false, "no prlimit(1): " + e.getMessage());
                throw e;
            }
            // Closed here, or the JVM closes them at some time of its own.
            try (InputStream out = process.getInputStream();
                    InputStream none = process.getErrorStream();
                    OutputStream in = process.getOutputStream()) {
                String said = new String(out.readAllBytes());
                assertThat(process.waitFor()).as("prlimit: %s", said).isZero();
                return said;
            }
        }

        @Override
        public void close() throws IOException {
            fillers.forEach(Native::close); // starting a process takes some
            try {
                prlimit("--nofile=" + before + ":");
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    /** As other loops do: an order by a time that moves while it is made is none. */
    @Test
    void evictsWhileOthersUseWhatIsThere() throws Exception {
        TestFile.create(directory, "0", 10);
        for (int i = 1; i < 320; i++) {
            Files.createLink(directory.resolve(Integer.toString(i)), directory.resolve("0"));
        }
        files(256, FOR_EVER);
        AtomicBoolean done = new AtomicBoolean();
        Thread user = new Thread(() -> useUntil(done), "uses-entries");
        user.start();
        try {
            for (int i = 0; i < 6_000; i++) {
                get(Integer.toString(i % 320)).release();
            }
        } finally {
            done.set(true);
            user.join();
        }
        assertThat(files.size()).isBetween(1, 256);
    }

    private void useUntil(AtomicBoolean done) {
        for (int i = 0; !done.get(); i++) {
            OpenFile entry = files.fresh(Integer.toString(i % 320), System.nanoTime());
            if (entry != null) {
                entry.release();
            }
        }
    }
}
