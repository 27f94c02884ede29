package dev.aio.bench.fill;

import dev.aio.core.AioContext;
import dev.aio.it.ProcTasks;
import dev.aio.it.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** The thread that is measured: what stands for an event loop. */
final class OwnerThread {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ProcTasks tasks = ProcTasks.of(ProcessHandle.current().pid());
    private final int id;

    private OwnerThread(int id) {
        this.id = id;
    }

    /** The calling one, from now on the only one of this process on that CPU. A failure of any thread ends the JVM. */
    static OwnerThread onCpu(String cpu) throws IOException {
        Thread.setDefaultUncaughtExceptionHandler(OwnerThread::fail);
        int id = Integer.parseInt(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                .getFileName()
                .toString());
        Program.succeed("taskset", "-p", "-c", cpu, Integer.toString(id));
        return new OwnerThread(id);
    }

    private static void fail(Thread thread, Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1); // others wait for what will not come
    }

    AioContext openContext() throws IOException {
        return AioContext.builder().onCallbackFailure(OwnerThread::fail).open();
    }

    long cpuNanos() {
        return threads.getCurrentThreadCpuTime();
    }

    /**
     * How long it has waited for block devices, in ticks of 10 ms. What says something is whether it is 0: of threads
     * that do wait, Linux 6.18 counts more than time has passed.
     */
    long waitedTicks() {
        return tasks.blockIoTicks(id);
    }

    /** The same of other threads, by the begin of their name: that somebody does wait shows that waiting is seen. */
    long waitedTicks(String others) {
        return tasks.named(others).stream().mapToLong(tasks::blockIoTicks).sum();
    }
}
