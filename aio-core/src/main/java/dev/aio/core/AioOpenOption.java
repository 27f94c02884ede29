package dev.aio.core;

import java.nio.file.OpenOption;

/** Beside the {@link java.nio.file.StandardOpenOption}s. */
public enum AioOpenOption implements OpenOption {
    /**
     * {@code O_DIRECT}: operations bypass the page cache. Opening fails with {@code EINVAL} where the file
     * system has none.
     */
    DIRECT
}
