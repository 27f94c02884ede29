package dev.aio.core;

import dev.aio.core.internal.Linux;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;

/** What open options ask for, in the meaning that {@link java.nio.channels.FileChannel#open} gives them. */
final class OpenRequest {

    /** No options: to read, and regular files only. */
    static final OpenRequest READ = new OpenRequest();

    private boolean read;
    private boolean write;
    private boolean append;
    private boolean create;
    private boolean createNew;
    private boolean truncate;
    private boolean noFollow;
    private boolean direct;
    private int syncFlags;
    private final boolean regularOnly;

    private OpenRequest(OpenOption... options) {
        regularOnly = options.length == 0;
        for (OpenOption option : options) {
            take(option);
        }
        check();
    }

    /**
     * @throws IllegalArgumentException for options that contradict each other
     * @throws UnsupportedOperationException for an option that is not supported
     */
    static OpenRequest of(OpenOption... options) {
        return options.length == 0 ? READ : new OpenRequest(options);
    }

    private void take(OpenOption option) {
        if (option == LinkOption.NOFOLLOW_LINKS) {
            noFollow = true;
        } else if (option == AioOpenOption.DIRECT) {
            direct = true;
        } else if (option instanceof StandardOpenOption) {
            takeStandard((StandardOpenOption) option);
        } else if (option == null) {
            throw new NullPointerException("open option");
        } else {
            throw unsupported(option);
        }
    }

    private void takeStandard(StandardOpenOption option) {
        switch (option) {
            case READ -> read = true;
            case WRITE -> write = true;
            case APPEND -> append = true;
            case CREATE -> create = true;
            case CREATE_NEW -> createNew = true;
            case TRUNCATE_EXISTING -> truncate = true;
            case SYNC -> syncFlags |= Linux.O_SYNC;
            case DSYNC -> syncFlags |= Linux.O_DSYNC;
            case SPARSE -> {} // a hint, and files are sparse here anyway
            default -> throw unsupported(option);
        }
    }

    private static UnsupportedOperationException unsupported(OpenOption option) {
        return new UnsupportedOperationException("unsupported open option: "
                + option
                + " (expected: READ, WRITE, APPEND, CREATE, CREATE_NEW, TRUNCATE_EXISTING, SYNC, DSYNC, SPARSE,"
                + " NOFOLLOW_LINKS or DIRECT)");
    }

    private void check() {
        if (append && read) {
            throw new IllegalArgumentException(
                    "open options READ and APPEND (expected: one of them; READ, WRITE and RWF_APPEND do both)");
        }
        if (append && truncate) {
            throw new IllegalArgumentException("open options APPEND and TRUNCATE_EXISTING (expected: one of them)");
        }
        write |= append;
        read |= !write;
        // As FileChannel has it, whoever only reads neither makes nor empties a file.
        create &= write;
        createNew &= write;
        truncate &= write;
    }

    /** Access mode and status flags, for each description but for {@code O_DIRECT}. */
    int flags() {
        int access = read && write ? Linux.O_RDWR : write ? Linux.O_WRONLY : Linux.O_RDONLY;
        return access | syncFlags | (append ? Linux.O_APPEND : 0);
    }

    boolean isCreate() {
        return create || createNew;
    }

    boolean isCreateNew() {
        return createNew;
    }

    boolean isTruncate() {
        return truncate;
    }

    boolean isDirect() {
        return direct;
    }

    /** {@code O_NOFOLLOW}, or 0. */
    int followFlag() {
        return noFollow ? Linux.O_NOFOLLOW : 0;
    }

    /** Whether a block device may be what the name means. */
    boolean takesBlockDevice() {
        return !regularOnly && !isCreate() && !append;
    }
}
