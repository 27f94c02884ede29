package dev.aio.netty.stream;

import java.io.IOException;

/** A file has become shorter than it was when its length was announced. */
public final class TruncatedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    TruncatedFileException(String path, long position, long end) {
        super(path + " ends at position " + position + " (expected: " + end + "): it was truncated while it was read");
    }
}
