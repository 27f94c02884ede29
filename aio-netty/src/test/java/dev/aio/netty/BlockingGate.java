package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Fails a test class while whose tests an event loop was blocked: by what BlockHound knows, and by the system calls of
 * our own that may wait for a disk. What was noticed goes on, since its caller may swallow an exception. Registered for
 * all classes by META-INF/services.
 */
public final class BlockingGate implements AfterAllCallback {

    /** Names of the threads that must not wait: those of test groups, of transports, and of groups with Netty's names. */
    private static final List<String> LOOPS =
            List.of("test-loop", "aio-private-loop", "aio-loop", "multiThreadIoEventLoopGroup");

    private static final String NATIVE = "dev.aio.core.internal.Native";

    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

    static {
        BlockHound.install(new Integration());
    }

    /** The last one asked: Netty's own says that every thread of its factory is a loop, which includes our closer. */
    private static final class Integration implements BlockHoundIntegration {
        @Override
        public int getPriority() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void applyTo(BlockHound.Builder builder) {
            builder.nonBlockingThreadPredicate(netty -> BlockingGate::isLoop)
                    .blockingMethodCallback(BlockingGate::report)
                    .allowBlockingCallsInside(OnPurpose.class.getName(), "run")
                    .allowBlockingCallsInside(OnPurpose.class.getName(), "call")
                    // how it waits for events
                    .allowBlockingCallsInside("io.netty.channel.local.LocalIoHandler", "run")
                    // at the end of the loop, until another thread has left the call that wakes it up
                    .allowBlockingCallsInside("io.netty.channel.uring.IoUringIoHandler", "destroy")
                    // a second after a handle has thrown, as one of SwallowedEdgeTest does
                    .allowBlockingCallsInside("io.netty.channel.epoll.EpollIoHandler", "handleLoopException")
                    // Netty's allocator under contention waits for whoever fills the same magazine
                    .allowBlockingCallsInside(
                            "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "tryExpandMagazines")
                    // its lock is held for some instructions; every hand-over to the lane takes it
                    .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer");
            Stream.of("close", "fsync", "fdatasync").forEach(call -> builder.markAsBlocking(NATIVE, call, "(I)I"));
            builder.markAsBlocking(NATIVE, "ftruncate", "(IJ)I")
                    .markAsBlocking(NATIVE, "fallocate", "(IIJJ)I")
                    .markAsBlocking(NATIVE, "fiemap", "(IJJI)I")
                    .markAsBlocking(NATIVE, "ioDestroy", "(J)I");
            Stream.of("pread", "pwrite").forEach(call -> builder.markAsBlocking(NATIVE, call, "(IJIJ)I"));
            Stream.of("preadv", "pwritev").forEach(call -> builder.markAsBlocking(NATIVE, call, "(IJIJ)I"));
        }
    }

    /** Where a test blocks a loop because that is what it is about. */
    static final class OnPurpose {

        private OnPurpose() {}

        static void run(Runnable what) {
            what.run();
        }

        static <T> T call(Callable<T> what) throws Exception {
            return what.call();
        }
    }

    private static boolean isLoop(Thread thread) {
        String name = thread.getName();
        return LOOPS.stream().anyMatch(name::startsWith);
    }

    private static void report(BlockingMethod method) {
        StringWriter trace = new StringWriter();
        new Throwable(method + " on " + Thread.currentThread().getName()).printStackTrace(new PrintWriter(trace));
        REPORTS.add(trace.toString());
    }

    /** What was noticed so far, and was not asked for before. */
    static List<String> collect() {
        List<String> found = List.copyOf(REPORTS);
        REPORTS.removeAll(found);
        return found;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(collect()).as("event loops were blocked").isEmpty();
    }
}
