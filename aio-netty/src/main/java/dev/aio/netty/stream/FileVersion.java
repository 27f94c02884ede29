package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.core.FileStat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The version of a file that was announced, and whether it still is that. Asked of the open inode, not
 * of the name: it may be called on a loop, and a file that was replaced or deleted is what it was.
 *
 * <p>Where even that question may wait, as on network file systems and FUSE, it is not asked: there a file that is
 * cut off is found by reading it, one that is rewritten is not found.
 */
final class FileVersion {

    private final AioFile file;
    private final @Nullable FileStat announced; // null: nothing to compare with
    private final long end;

    /**
     * @param end of the range that is sent
     */
    FileVersion(AioFile file, long end) throws IOException {
        this.file = file;
        this.end = end;
        if (!canTell(file)) {
            announced = null;
        } else {
            // What we write ourselves is no surprise: it counts from now on.
            announced = file.isWritable() ? file.currentStat() : file.stat();
        }
    }

    /** Not of a block device, whose node tells nothing, and not where it might wait. */
    private static boolean canTell(AioFile file) {
        return file.stat().isRegularFile() && file.fileSystem().isLoopSafe();
    }

    /** {@link #change} since the file was opened, for who asks once. Allocates nothing where there is none. */
    static @Nullable IOException changeSinceOpened(AioFile file, long end) {
        return canTell(file) ? change(file, file.stat(), end) : null;
    }

    /** What became of the file, as an exception; {@code null} if nothing. */
    @Nullable
    IOException change() {
        return announced == null ? null : change(file, announced, end);
    }

    private static @Nullable IOException change(AioFile file, FileStat announced, long end) {
        try {
            if (!file.isRewrittenSince(announced)) {
                return null;
            }
            FileStat now = file.currentStat();
            return now.size() < end
                    ? new TruncatedFileException(file.path(), now.size(), end)
                    : new ChangedFileException(file.path());
        } catch (IOException cannotTell) {
            return cannotTell;
        }
    }
}
