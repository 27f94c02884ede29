package dev.aio.netty.stream;

import java.io.IOException;

/** A file was written to while it was read, so that what was sent may be a mixture of two versions. */
public final class ChangedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    ChangedFileException(String path) {
        super(path + " was changed in place while it was sent (expected: to be replaced by rename)");
    }
}
