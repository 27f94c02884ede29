package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.Aio;
import dev.aio.core.AioBudget;
import dev.aio.core.AioContext;
import dev.aio.core.AioEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** aio-core's own suite where the kernel gives no context: code written against the API runs all the same. */
@Tag("alone")
@Timeout(300)
@Tag("long")
class CoreWithoutAioTest {

    private static final Pattern SUMMARY = Pattern.compile("succeeded (\\d+), failed 0, skipped \\d+");

    @ParameterizedTest
    @ValueSource(strings = {"io_setup=EPERM", "io_setup=ENOSYS"})
    void shouldPassItsSuiteWhereASandboxDeniesAio(String denial) {
        List<String> command = Kernel.without(denial);
        command.addAll(suite());
        assertPassed(Program.start(command));
    }

    /** What needs no flags needs no call that could take them, which old kernels and profiles lack. */
    @Test
    void shouldTransferWithoutTheCallsThatTakeFlags() {
        List<String> command = Kernel.without("io_setup=EPERM", "preadv2=ENOSYS", "pwritev2=ENOSYS");
        command.addAll(suite(".*\\.AioContext(Split|Sync|Poll|NeverWait)Test"));
        assertPassed(Program.start(command), 10);
    }

    /** As if other processes had used the host's contexts up: they have, for as long as this takes. */
    @Test
    void shouldPassItsSuiteWhereTheHostHasNoContextLeft() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch exhausted = new CountDownLatch(1);
        Thread glutton = new Thread(() -> takeAll(done, exhausted), "takes-all-contexts");
        glutton.start();
        try {
            exhausted.await();
            assertPassed(Program.start(suite()));
        } finally {
            done.set(true);
            glutton.join();
        }
    }

    /** Also what others give back meanwhile. */
    private static void takeAll(AtomicBoolean done, CountDownLatch exhausted) {
        List<AioContext> all = new ArrayList<>();
        while (!done.get()) {
            long left = Aio.aioMaxNr() - Aio.aioNr();
            try {
                all.add(AioContext.builder()
                        .engine(AioEngine.AIO)
                        .depth((int) Math.max(1, Math.min(65536, left)))
                        .pendingLimit(0)
                        .budget(AioBudget.of(65536))
                        .onDegraded(message -> {})
                        .open());
            } catch (IOException nothingLeft) {
                exhausted.countDown();
                LockSupport.parkNanos(1_000_000);
            }
        }
        all.forEach(AioContext::close);
        all.forEach(context -> context.destroyed().join());
    }

    private static List<String> suite() {
        return suite(".*\\.AioContext\\w+Test");
    }

    private static List<String> suite(String classNamePattern) {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(
                Program.javaHome().resolve("bin/java").toString(),
                "-Xcheck:jni",
                "-XX:+UseSerialGC",
                "-Daio.suite.engine=auto",
                "-cp",
                classPath,
                CoreSuite.class.getName(),
                classNamePattern);
    }

    private static void assertPassed(Program program) {
        assertPassed(program, 30);
    }

    private static void assertPassed(Program program, int least) {
        program.awaitExit(Duration.ofSeconds(240));
        assertThat(program.exitCode())
                .as("%s %s", program.stdout(), program.stderr())
                .isZero();
        Matcher summary = SUMMARY.matcher(program.stdout());
        assertThat(summary.find()).as(program.stdout()).isTrue();
        assertThat(Integer.parseInt(summary.group(1)))
                .as("tests run on the lane")
                .isGreaterThan(least);
    }
}
