package dev.aio.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.aio.core.TargetDirectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine does; a subclass says which. */
// A separate thread, because a system call that waits for events hears no interrupt.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class IoEngineSuite {

    static final int DEPTH = 8;
    static final int SLOTS = 16;
    static final int SIZE = 4096;
    static final int FOREVER = -1;
    static final int DATA = 1000; // aio_data of slot 0

    private static final int MODE = 0644;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final List<Integer> descriptors = new ArrayList<>();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(SLOTS * SIZE).order(ByteOrder.nativeOrder());
    private final long address = Native.bufferAddress(memory);

    int eventFd;
    IocbSlab iocbs;
    IoEngine engine;

    abstract IoEngine open(IocbSlab iocbs, int eventFd);

    @BeforeEach
    void open() {
        eventFd = eventFd();
        iocbs = new IocbSlab(SLOTS, DEPTH, eventFd);
        engine = open(iocbs, eventFd);
    }

    @AfterEach
    void close() {
        engine.destroy();
        descriptors.forEach(Native::close);
    }

    @Test
    void shouldReadWhatItHasWritten() throws Exception {
        Path path = directory.resolve("file");
        int fd = file(path);
        byte[] content = randomBytes(0);
        prepare(0, Linux.IOCB_CMD_PWRITE, fd, address, SIZE, SIZE);
        assertThat(run(0)).isEqualTo(SIZE);
        byte[] file = Files.readAllBytes(path);
        assertThat(file).hasSize(2 * SIZE).endsWith(content).startsWith(new byte[SIZE]);

        prepare(1, Linux.IOCB_CMD_PREAD, fd, address + SIZE, SIZE, SIZE);
        assertThat(run(1)).isEqualTo(SIZE);
        assertThat(bytes(1)).isEqualTo(content);
        prepare(2, Linux.IOCB_CMD_PREAD, fd, address + SIZE, SIZE, 2 * SIZE - 10);
        assertThat(run(2)).as("a short read").isEqualTo(10);
        prepare(3, Linux.IOCB_CMD_PREAD, fd, address + SIZE, SIZE, 2 * SIZE);
        assertThat(run(3)).as("end of file").isZero();
    }

    @Test
    void shouldReadAndWriteInPieces() throws Exception {
        Path path = directory.resolve("file");
        int fd = file(path);
        byte[] first = randomBytes(0);
        byte[] second = randomBytes(1);
        ByteBuffer vectors = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
        vectors.putLong(0, address + SIZE).putLong(8, SIZE).putLong(16, address).putLong(24, SIZE);
        vectors.putLong(32, address + 3 * SIZE).putLong(40, SIZE).putLong(48, address + 2 * SIZE);
        vectors.putLong(56, SIZE);
        long iovecs = Native.bufferAddress(vectors);

        prepare(0, Linux.IOCB_CMD_PWRITEV, fd, iovecs, 2, 0);
        assertThat(run(0)).isEqualTo(2 * SIZE);
        assertThat(Files.readAllBytes(path)).startsWith(second).endsWith(first);
        prepare(1, Linux.IOCB_CMD_PREADV, fd, iovecs + 32, 2, 0);
        assertThat(run(1)).isEqualTo(2 * SIZE);
        assertThat(bytes(2)).isEqualTo(first);
        assertThat(bytes(3)).isEqualTo(second);
    }

    @Test
    void shouldPassFlagsOn() throws Exception {
        Path path = directory.resolve("file");
        int fd = file(path);
        ByteBuffer vectors = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        vectors.putLong(0, address).putLong(8, SIZE);
        long iovecs = Native.bufferAddress(vectors);
        for (int i = 0; i < 2; i++) {
            prepare(0, Linux.IOCB_CMD_PWRITE, fd, address, SIZE, 0, Linux.RWF_APPEND, 0);
            assertThat(run(0)).isEqualTo(SIZE);
            prepare(1, Linux.IOCB_CMD_PWRITEV, fd, iovecs, 1, 0, Linux.RWF_APPEND | Linux.RWF_DSYNC, 0);
            assertThat(run(1)).isEqualTo(SIZE);
        }
        assertThat(Files.size(path)).isEqualTo(4 * SIZE);
    }

    @ParameterizedTest
    @ValueSource(shorts = {Linux.IOCB_CMD_FSYNC, Linux.IOCB_CMD_FDSYNC})
    void shouldSync(short opcode) {
        prepare(0, opcode, file(directory.resolve("file")), 0, 0, 0);
        assertThat(run(0)).isZero();
        prepare(0, opcode, eventFd(), 0, 0, 0);
        assertThat(run(0)).as("no file that could be synced").isEqualTo(-Linux.EINVAL);
        prepare(0, opcode, file(directory.resolve("file")), 0, 0, 0, Linux.RWF_DSYNC, 0);
        assertThat(run(0)).as("flags mean nothing to a sync").isEqualTo(-Linux.EINVAL);
    }

    @ParameterizedTest
    @ValueSource(
            shorts = {
                Linux.IOCB_CMD_PREAD,
                Linux.IOCB_CMD_PWRITE,
                Linux.IOCB_CMD_PREADV,
                Linux.IOCB_CMD_PWRITEV,
                Linux.IOCB_CMD_FSYNC,
                Linux.IOCB_CMD_FDSYNC,
                Linux.IOCB_CMD_POLL
            })
    void shouldRefuseWhatIsNoDescriptor(short opcode) {
        prepare(0, opcode, -1, 0, 0, 0);
        assertThat(run(0)).isEqualTo(-Linux.EBADF);
        int path = descriptor(Native.openat(Linux.AT_FDCWD, Scratch.get().path(directory.toString()), Linux.O_PATH, 0));
        prepare(0, opcode, path, 0, 0, 0);
        assertThat(run(0)).as("O_PATH").isEqualTo(-Linux.EBADF);
    }

    @ParameterizedTest
    @ValueSource(shorts = {Linux.IOCB_CMD_PREAD, Linux.IOCB_CMD_PWRITE, Linux.IOCB_CMD_PREADV, Linux.IOCB_CMD_PWRITEV})
    void shouldRefuseFlagsThatTheKernelDoesNotKnow(short opcode) {
        memory.putLong(0, address).putLong(8, SIZE); // a length, if it is a vector: nothing to do is never refused
        prepare(0, opcode, file(directory.resolve("file")), address, 1, 0, 1 << 30, 0);
        assertThat(run(0)).isEqualTo(-Linux.EOPNOTSUPP);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        int fd = file(directory.resolve("file"));
        prepare(0, (short) 99, fd, 0, 0, 0);
        assertThat(run(0)).as("an opcode").isEqualTo(-Linux.EINVAL);
        prepare(1, Linux.IOCB_CMD_PREAD, fd, address, SIZE, -1);
        assertThat(run(1)).as("a position").isEqualTo(-Linux.EINVAL);
        prepare(2, Linux.IOCB_CMD_PREAD, fd, address, SIZE, -1, Linux.RWF_NOWAIT, 0);
        assertThat(run(2)).as("preadv2's own position").isEqualTo(-Linux.EINVAL);
        prepare(3, Linux.IOCB_CMD_POLL, eventFd(), 0x1_0001, 0, 0);
        assertThat(run(3)).as("a mask").isEqualTo(-Linux.EINVAL);
        prepare(4, Linux.IOCB_CMD_POLL, eventFd(), Linux.POLLIN, 1, 0);
        assertThat(run(4)).as("a poll's length").isEqualTo(-Linux.EINVAL);
    }

    @Test
    void shouldUseThePriorityOfEachOperation() {
        int fd = file(directory.resolve("file"));
        int bestEffort = 2 << Linux.IOPRIO_CLASS_SHIFT | 3;
        int invalid = 7 << Linux.IOPRIO_CLASS_SHIFT;
        int[] priorities = {0, bestEffort, bestEffort, invalid, 0, invalid, bestEffort, 0};
        for (int priority : priorities) {
            prepare(0, Linux.IOCB_CMD_PREAD, fd, address, SIZE, 0, 0, priority);
            assertThat(run(0)).as("priority %x", priority).isEqualTo(priority == invalid ? -Linux.EINVAL : 0);
        }
        prepare(0, Linux.IOCB_CMD_FSYNC, fd, 0, 0, 0, 0, invalid);
        assertThat(run(0)).as("a sync has none").isZero();
    }

    @Test
    void shouldEndEachOperationExactlyOnce() throws Exception {
        int operations = 1000;
        Path path = directory.resolve("file");
        byte[] content = new byte[operations * 8];
        new Random(1).nextBytes(content);
        Files.write(path, content);
        int fd = file(path);
        boolean[] ended = new boolean[operations];
        List<Integer> free = new ArrayList<>(IntStream.range(0, DEPTH).boxed().toList());
        int[] operationOf = new int[DEPTH];
        int begun = 0;
        for (int done = 0; done < operations; ) {
            int count = 0;
            while (begun < operations && !free.isEmpty()) {
                int slot = free.remove(free.size() - 1);
                operationOf[slot] = begun;
                iocbs.prepare(slot, begun, Linux.IOCB_CMD_PREAD, fd, address + slot * SIZE, 8, begun * 8L, 0, 0);
                iocbs.point(count++, slot);
                begun++;
            }
            if (count > 0) {
                assertThat(engine.submit(count)).isEqualTo(count);
            }
            assertThat(engine.fetch(1, 3, FOREVER)).isBetween(1, 3);
            while (engine.next()) {
                int operation = (int) engine.data();
                assertThat(engine.result()).isEqualTo(8);
                assertThat(ended[operation]).as("ended already").isFalse();
                ended[operation] = true;
                int slot = IntStream.range(0, DEPTH)
                        .filter(s -> operationOf[s] == operation)
                        .findFirst()
                        .orElseThrow();
                byte[] read = new byte[8];
                memory.get(slot * SIZE, read);
                assertThat(read).isEqualTo(Arrays.copyOfRange(content, operation * 8, operation * 8 + 8));
                free.add(slot);
                done++;
            }
        }
        assertThat(engine.fetch(1, 1, 0)).isZero();
        assertThat(engine.next()).isFalse();
    }

    @Test
    void shouldTakeBlocksFromManyThreads() throws Exception {
        int fd = file(directory.resolve("file"));
        for (int round = 0; round < 50; round++) {
            List<Thread> threads = new ArrayList<>();
            int[] taken = new int[DEPTH];
            for (int i = 0; i < DEPTH; i++) {
                int slot = i;
                threads.add(new Thread(() -> {
                    prepare(slot, Linux.IOCB_CMD_PWRITE, fd, address, SIZE, (long) slot * SIZE);
                    taken[slot] = engine.submitAlone(slot);
                }));
            }
            threads.forEach(Thread::start);
            Set<Long> ended = new HashSet<>();
            while (ended.size() < DEPTH) {
                assertThat(engine.fetch(1, DEPTH, FOREVER)).isPositive();
                while (engine.next()) {
                    assertThat(engine.result()).isEqualTo(SIZE);
                    assertThat(ended.add(engine.data())).isTrue();
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(taken).containsOnly(1);
        }
    }

    @Test
    void shouldCountWhatWasFetchedAndNotTaken() {
        int fd = file(directory.resolve("file"));
        for (int i = 0; i < 5; i++) {
            prepare(i, Linux.IOCB_CMD_PREAD, fd, address, SIZE, 0);
            iocbs.point(i, i);
        }
        assertThat(engine.submit(5)).isEqualTo(5);
        assertThat(engine.fetch(5, 5, FOREVER)).isEqualTo(5);
        assertThat(engine.next()).isTrue();
        assertThat(engine.fetch(4, 8, FOREVER)).isEqualTo(4);
        assertThat(engine.fetch(1, 2, FOREVER)).isPositive();
        for (int i = 0; i < 4; i++) {
            assertThat(engine.next()).isTrue();
        }
        assertThat(engine.next()).isFalse();
    }

    @Test
    void shouldSayWhenADescriptorBecomesReady() {
        int polled = eventFd();
        submitPoll(0, polled, Linux.POLLIN);
        assertThat(engine.fetch(1, 1, 0)).isZero();
        Native.eventfdSignal(polled);
        assertThat(takeEvent(0)).isEqualTo(Linux.POLLIN);
        submitPoll(0, polled, Linux.POLLIN | Linux.POLLOUT);
        assertThat(takeEvent(0)).as("ready already").isEqualTo(Linux.POLLIN | Linux.POLLOUT);
        assertThat(engine.fetch(1, 1, 0)).as("single shot").isZero();
    }

    @Test
    void shouldTakeAFileForReady() {
        submitPoll(0, file(directory.resolve("file")), Linux.POLLIN | Linux.POLLOUT);
        assertThat(takeEvent(0)).isEqualTo(Linux.POLLIN | Linux.POLLOUT);
    }

    @Test
    void shouldKeepWatchingAFileWhoseNumberWasClosed() {
        int polled = eventFd();
        int number = Native.dupfd(polled, 0);
        submitPoll(0, number, Linux.POLLIN);
        submitPoll(1, polled, Linux.POLLPRI); // has a lane look at all of them again
        assertThat(Native.close(number)).isZero();
        submitPoll(2, file(directory.resolve("file")), Linux.POLLIN); // takes the number, and is ready
        assertThat(takeEvent(2)).isEqualTo(Linux.POLLIN);
        assertThat(engine.fetch(1, 1, 0)).isZero();
        Native.eventfdSignal(polled);
        assertThat(takeEvent(0)).isEqualTo(Linux.POLLIN);
        assertThat(engine.cancel(1)).isZero();
        takeEvent(1);
    }

    @Test
    void shouldEndAPollThatIsCanceled() throws Exception {
        long before = openEventFds();
        int polled = eventFd();
        for (int i = 0; i < DEPTH; i++) {
            submitPoll(i, polled, Linux.POLLIN);
        }
        for (int i : new int[] {3, 0, 7, 5, 1, 2, 6, 4}) {
            assertThat(engine.cancel(i)).isZero();
            assertThat(takeEvent(i)).isZero();
            assertThat(engine.cancel(i)).as("has ended").isEqualTo(-Linux.EINVAL);
        }
        assertThat(engine.fetch(1, 1, 0)).isZero();
        engine.destroy();
        assertThat(openEventFds()).isEqualTo(before + 1);
    }

    @Test
    void shouldRunManyPollsBesideReads() {
        int fd = file(directory.resolve("file"));
        int[] polled = IntStream.range(0, DEPTH - 1).map(i -> eventFd()).toArray();
        Random random = new Random(2);
        for (int i = 0; i < polled.length; i++) {
            submitPoll(i, polled[i], Linux.POLLIN);
        }
        for (int i = 0; i < 500; i++) {
            prepare(DEPTH, Linux.IOCB_CMD_PREAD, fd, address, SIZE, 0);
            assertThat(run(DEPTH)).isZero();
            int ready = random.nextInt(polled.length);
            Native.eventfdSignal(polled[ready]);
            assertThat(takeEvent(ready)).isEqualTo(Linux.POLLIN);
            Native.eventfdDrain(polled[ready]);
            submitPoll(ready, polled[ready], Linux.POLLIN);
        }
        for (int i = 0; i < polled.length; i++) {
            assertThat(engine.cancel(i)).isZero();
            assertThat(takeEvent(i)).isZero();
        }
    }

    @Test
    void shouldWaitNoLongerThanAsked() {
        int polled = eventFd();
        submitPoll(0, polled, Linux.POLLIN);
        assertThat(engine.next()).isFalse();
        assertThat(engine.fetch(1, 1, 0)).isZero();
        assertThat(engine.fetch(1, 1, 1)).isZero();
        assertThat(engine.fetch(1, 1, 3_000_000)).isZero();
        Native.eventfdSignal(polled);
        assertThat(engine.fetch(1, 1, Long.MAX_VALUE)).isOne();
    }

    @Test
    void shouldReturnWhenFewerCameThanWereWantedInTime() {
        submitPoll(0, eventFd(), Linux.POLLIN);
        prepare(1, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), address, SIZE, 0);
        iocbs.point(0, 1);
        assertThat(engine.submit(1)).isOne();
        await("the read").until(() -> engine.fetch(2, 2, 1_000_000) == 1);
        assertThat(engine.cancel(0)).isZero();
    }

    @Test
    void shouldBeWokenByAnotherThreadAndKeepAnInterrupt() throws Exception {
        int polled = eventFd();
        submitPoll(0, polled, Linux.POLLIN);
        Thread other = new Thread(() -> Native.eventfdSignal(polled));
        Thread.currentThread().interrupt();
        other.start();
        int fetched = engine.fetch(1, 1, FOREVER);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(fetched).isOne();
        other.join();
    }

    @Test
    void shouldSignalTheEventfd() {
        assertThat(Native.eventfdDrain(eventFd)).isEqualTo(-Linux.EAGAIN);
        prepare(0, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), address, SIZE, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(run(0)).isZero();
            await("a signal").until(() -> Native.eventfdDrain(eventFd) == Long.BYTES);
        }
        submitPoll(0, eventFd(), Linux.POLLOUT);
        await("a poll's signal").until(() -> Native.eventfdDrain(eventFd) == Long.BYTES);
    }

    @Test
    void shouldDoNothingOnceDestroyed() {
        prepare(0, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), address, SIZE, 0);
        assertThat(run(0)).isZero();
        iocbs.point(0, 0);
        assertThat(engine.submit(1)).isOne();
        assertThat(engine.fetch(1, 1, FOREVER)).isOne();
        engine.destroy();
        engine.destroy();
        assertThat(engine.next()).as("even if it was fetched").isFalse();
        assertThat(engine.fetch(1, 1, FOREVER)).isEqualTo(-Linux.EINVAL);
        assertThat(engine.submit(1)).isEqualTo(-Linux.EINVAL);
        assertThat(engine.submitAlone(0)).isEqualTo(-Linux.EINVAL);
        assertThat(engine.cancel(0)).isEqualTo(-Linux.EINVAL);
        assertThat(engine.reapsInUserSpace()).isFalse();
    }

    @Test
    void shouldAllocateNothingPerOperation() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int fd = file(directory.resolve("file"));
        int polled = eventFd();
        operations(fd, polled, 1000);
        long[] ids = Stream.concat(Stream.of(Thread.currentThread()), engineThreads().stream())
                .mapToLong(Thread::getId)
                .toArray();
        long[] before = new long[ids.length];
        long[] after = new long[ids.length];
        // Rounds, since the JVM allocates a little now and then when it compiles or links.
        for (int round = 0; round < 20; round++) {
            allocated(threads, ids, before);
            operations(fd, polled, 200);
            allocated(threads, ids, after);
            if (Arrays.equals(before, after)) {
                return;
            }
        }
        fail("allocated in each of 20 rounds, in the last one " + Arrays.toString(before) + " -> "
                + Arrays.toString(after));
    }

    private static void allocated(ThreadMXBean threads, long[] ids, long[] to) {
        for (int i = 0; i < ids.length; i++) {
            to[i] = threads.getThreadAllocatedBytes(ids[i]);
        }
    }

    /** Without assertions, which allocate. */
    private void operations(int fd, int polled, int count) {
        for (int i = 0; i < count; i++) {
            for (int slot = 0; slot < DEPTH - 1; slot++) {
                prepare(slot, Linux.IOCB_CMD_PREAD, fd, address, SIZE, 0, 0, 0);
                iocbs.point(slot, slot);
            }
            prepare(DEPTH - 1, Linux.IOCB_CMD_POLL, polled, Linux.POLLOUT, 0, 0, 0, 0);
            iocbs.point(DEPTH - 1, DEPTH - 1);
            engine.submit(DEPTH);
            int taken = 0;
            while (taken < DEPTH) {
                engine.fetch(DEPTH - taken, DEPTH, FOREVER);
                while (engine.next()) {
                    taken += engine.data() != 0 && engine.result() >= 0 ? 1 : 0;
                }
            }
        }
    }

    List<Thread> engineThreads() {
        return List.of();
    }

    void prepare(int slot, short opcode, int fd, long at, long length, long position) {
        prepare(slot, opcode, fd, at, length, position, 0, 0);
    }

    void prepare(int slot, short opcode, int fd, long at, long length, long position, int flags, int priority) {
        iocbs.prepare(slot, DATA + slot, opcode, fd, at, length, position, flags, priority);
    }

    /** The result of a prepared operation, whether it came from its submission or as an event. */
    long run(int slot) {
        iocbs.point(0, slot);
        int taken = engine.submit(1);
        if (taken < 0) {
            return taken;
        }
        assertThat(taken).isOne();
        return takeEvent(slot);
    }

    void submitPoll(int slot, int fd, int mask) {
        prepare(slot, Linux.IOCB_CMD_POLL, fd, mask, 0, 0);
        iocbs.point(0, slot);
        assertThat(engine.submit(1)).isOne();
    }

    long takeEvent(int slot) {
        assertThat(engine.fetch(1, 1, FOREVER)).isOne();
        assertThat(engine.next()).isTrue();
        assertThat(engine.data()).isEqualTo(DATA + slot);
        return engine.result();
    }

    int file(Path path) {
        int flags = Linux.O_RDWR | Linux.O_CREAT;
        return descriptor(Native.openat(Linux.AT_FDCWD, Scratch.get().path(path.toString()), flags, MODE));
    }

    int eventFd() {
        return descriptor(Native.eventfd());
    }

    private int descriptor(int fd) {
        assertThat(fd).isNotNegative();
        descriptors.add(fd);
        return fd;
    }

    private static long openEventFds() throws Exception {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.filter(IoEngineSuite::isEventFd).count();
        }
    }

    private static boolean isEventFd(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().contains("[eventfd");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private byte[] randomBytes(int page) {
        byte[] bytes = new byte[SIZE];
        new Random(page).nextBytes(bytes);
        memory.put(page * SIZE, bytes);
        return bytes;
    }

    private byte[] bytes(int page) {
        byte[] bytes = new byte[SIZE];
        memory.get(page * SIZE, bytes);
        return bytes;
    }
}
