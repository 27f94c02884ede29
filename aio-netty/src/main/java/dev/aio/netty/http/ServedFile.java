package dev.aio.netty.http;

import dev.aio.netty.OpenFile;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** What is kept with a version of an open file, for all loops. */
final class ServedFile {

    private volatile @Nullable FileHead head;
    private volatile @Nullable FileHead codedHead;

    /** By coding: no compressed file need be looked for before that {@code System.nanoTime()}. */
    private final AtomicLongArray absentUntil = new AtomicLongArray(ContentCoding.values().length);

    private ServedFile(long nanoTime) {
        for (int i = 0; i < absentUntil.length(); i++) {
            absentUntil.set(i, nanoTime);
        }
    }

    static ServedFile of(OpenFile file) {
        ServedFile kept = (ServedFile) file.attachment();
        if (kept == null) {
            kept = new ServedFile(System.nanoTime());
            file.attachment(kept);
        }
        return kept;
    }

    /** As it was rendered last for the file's own name. */
    @Nullable
    FileHead head() {
        return head;
    }

    void head(FileHead rendered) {
        head = rendered;
    }

    /** As it was rendered last for the file that this one is a compressed form of. */
    @Nullable
    FileHead codedHead() {
        return codedHead;
    }

    void codedHead(FileHead rendered) {
        codedHead = rendered;
    }

    boolean isKnownAbsent(ContentCoding coding, long nanoTime) {
        return nanoTime - absentUntil.get(coding.ordinal()) < 0;
    }

    void absentUntil(ContentCoding coding, long nanoTime) {
        absentUntil.set(coding.ordinal(), nanoTime);
    }
}
