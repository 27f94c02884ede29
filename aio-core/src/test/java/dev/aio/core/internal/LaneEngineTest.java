package dev.aio.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LaneEngineTest extends IoEngineSuite {

    private static final int THREADS = 3;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final String name = "lane-test-" + NAMES.incrementAndGet();

    @Override
    IoEngine open(IocbSlab iocbs, int eventFd) {
        return new LaneEngine(iocbs, SLOTS, DEPTH, THREADS, eventFd, name);
    }

    @Override
    List<Thread> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name + '-'))
                .toList();
    }

    @Test
    void shouldStartThreadsAsWorkArrives() throws Exception {
        assertThat(engineThreads()).isEmpty();
        submitPoll(0, eventFd(), Linux.POLLOUT);
        takeEvent(0);
        assertThat(engineThreads()).extracting(Thread::getName).containsExactly(name + "-poll");
        prepare(0, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), 0, 0, 0);
        for (int i = 0; i < 10; i++) {
            run(0);
        }
        shouldEndEachOperationExactlyOnce();
        assertThat(engineThreads())
                .hasSizeBetween(2, THREADS + 1)
                .allSatisfy(thread -> assertThat(thread.getName()).matches(name + "-([123]|poll)"))
                .allSatisfy(thread -> assertThat(thread.isDaemon()).isTrue());
        engine.destroy();
        assertThat(engineThreads()).isEmpty();
    }

    @Test
    void shouldNotEndAWaitOnAnInterrupt() throws Exception {
        int polled = eventFd();
        submitPoll(0, polled, Linux.POLLIN);
        int[] fetched = {0};
        boolean[] interrupted = {false};
        Thread waiter = new Thread(() -> {
            fetched[0] = engine.fetch(1, 1, FOREVER);
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        waiter.start();
        await("a wait").until(() -> waiter.getState() == Thread.State.WAITING);
        waiter.interrupt();
        await("the wait goes on").until(() -> !waiter.isInterrupted() && waiter.getState() == Thread.State.WAITING);
        Native.eventfdSignal(polled);
        waiter.join();
        assertThat(fetched[0]).isOne();
        assertThat(interrupted[0]).isTrue();
    }

    @Test
    void shouldJoinAndKeepAnInterrupt() {
        prepare(0, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), 0, 0, 0);
        run(0);
        submitPoll(0, eventFd(), Linux.POLLOUT);
        takeEvent(0);
        Thread.currentThread().interrupt();
        engine.destroy();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(engineThreads()).isEmpty();
    }

    @Test
    void shouldSurviveAnInterruptOfItsThreads() {
        prepare(0, Linux.IOCB_CMD_PREAD, file(directory.resolve("file")), 0, 0, 0);
        submitPoll(1, eventFd(), Linux.POLLOUT);
        takeEvent(1);
        run(0);
        for (int i = 0; i < 100; i++) {
            engineThreads().forEach(Thread::interrupt);
            assertThat(run(0)).isZero();
            submitPoll(1, eventFd, Linux.POLLOUT);
            takeEvent(1);
        }
    }

    @Test
    void shouldAnswerForARealtimePriorityThatIsNotAllowed() throws Exception {
        long capabilities = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .mapToLong(line -> Long.parseLong(line.substring(7).trim(), 16))
                .findFirst()
                .orElseThrow();
        long either = 1L << 21 | 1L << 23; // CAP_SYS_ADMIN, CAP_SYS_NICE
        assumeFalse((capabilities & either) != 0, "this process may use realtime priorities");
        int fd = file(directory.resolve("file"));
        prepare(0, Linux.IOCB_CMD_PREAD, fd, 0, 0, 0, 0, 1 << Linux.IOPRIO_CLASS_SHIFT);
        assertThat(run(0)).isEqualTo(-Linux.EPERM);
        prepare(0, Linux.IOCB_CMD_PREAD, fd, 0, 0, 0);
        assertThat(run(0)).isZero();
    }

    @Test
    void shouldCloseWhatPollsLeftBehindWhenDestroyed() throws Exception {
        Path path = directory.resolve("file");
        submitPoll(0, file(path), 0); // never ready
        engine.destroy();
        assertThat(openOf(path)).isOne();
    }

    private static long openOf(Path path) throws Exception {
        long n = 0;
        try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : fds) {
                if (Files.exists(fd) && Files.isSameFile(fd, path)) {
                    n++;
                }
            }
        }
        return n;
    }

    @Test
    void shouldNeedAThread() {
        assertThatThrownBy(() -> new LaneEngine(iocbs, SLOTS, DEPTH, 0, -1, name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lane threads: 0 (expected: >= 1)");
    }
}
