package dev.aio.core.internal;

/** Makes the library's own threads. They keep nothing of the thread that happened to make them. */
public final class DaemonThreads {

    private DaemonThreads() {}

    /** A daemon that was not started yet; starting it throws {@link OutOfMemoryError} if none is to be had. */
    public static Thread of(Runnable work, String name) {
        Thread thread = new Thread(null, work, name, 0, false); // without inheritable thread locals
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.setPriority(Thread.NORM_PRIORITY);
        return thread;
    }
}
