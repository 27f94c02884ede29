package dev.aio.netty;

import dev.aio.core.FileStat;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/** An outcome of {@link OpenFiles#open} as a future. */
public final class OpenResult implements OpenListener {

    /** Thrown for what is not a regular file. */
    static final class NotRegularException extends Exception {
        private static final long serialVersionUID = 1L;

        NotRegularException(FileStat stat) {
            super(stat.isDirectory() ? "directory" : "neither file nor directory");
        }
    }

    private final Promise<OpenFile> promise;

    private OpenResult(Promise<OpenFile> promise) {
        this.promise = promise;
    }

    /** Any thread may call. */
    public static Future<OpenFile> open(OpenFiles files, AioLoop loop, String name) {
        Promise<OpenFile> promise = loop.eventLoop().newPromise();
        loop.eventLoop().execute(() -> files.open(loop, name, new OpenResult(promise)));
        return promise;
    }

    @Override
    public void opened(OpenFile file) {
        promise.setSuccess(file);
    }

    @Override
    public void notRegular(FileStat stat) {
        promise.setFailure(new NotRegularException(stat));
    }

    @Override
    public void failed(Throwable cause) {
        promise.setFailure(cause);
    }
}
