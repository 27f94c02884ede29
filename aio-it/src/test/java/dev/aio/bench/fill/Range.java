package dev.aio.bench.fill;

import dev.aio.core.AioFile;

/** What is to be sent of a file, in bytes; aligned to pages. */
record Range(AioFile file, long position, int length) {

    boolean isResident() {
        return file.isResident(position, length);
    }
}
