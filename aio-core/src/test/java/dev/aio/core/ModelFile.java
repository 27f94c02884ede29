package dev.aio.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** What a file ought to hold. Bytes behind its size are 0. */
final class ModelFile {

    private byte[] bytes = new byte[2 * ModelStep.FILE_SIZE];
    private int size;

    int size() {
        return size;
    }

    void write(int position, byte[] data, int length) {
        if (length > 0) {
            System.arraycopy(data, 0, bytes, position, length);
            size = Math.max(size, position + length);
        }
    }

    void zero(int position, int length) {
        write(position, new byte[length], length);
    }

    void truncate(int newSize) {
        if (newSize < size) {
            Arrays.fill(bytes, newSize, size, (byte) 0);
        }
        size = newSize;
    }

    /** Bytes that a read gets. */
    int readable(long position, int length) {
        return (int) Math.max(0, Math.min(length, size - position));
    }

    /** The first of the bytes that is not what the file holds from the position on, or -1. */
    int mismatch(long position, ByteBuffer actual) {
        return actual.mismatch(ByteBuffer.wrap(bytes, (int) position, actual.remaining()));
    }

    /**
     * Takes over what has become of a write that may or may not have taken place, or in part.
     *
     * @param extended whether it would move the end; if not, another write may be doing that
     * @return what is neither, or {@code null}
     */
    String settle(FileChannel channel, int position, byte[] data, boolean extended) throws IOException {
        long now = extended ? channel.size() : size;
        int most = extended ? Math.max(size, position + data.length) : size;
        if (now < size || now > most) {
            return "size: " + now + " (expected: " + size + ".." + most + ')';
        }
        int from = Math.min(size, position);
        int to = (int) Math.min(now, position + data.length);
        if (to <= from) {
            size = (int) now;
            return null;
        }
        byte[] actual = read(channel, from, to - from);
        for (int i = 0; i < actual.length; i++) {
            int at = from + i;
            boolean isNew = at >= position && actual[i] == data[at - position];
            if (actual[i] != bytes[at] && !isNew) {
                return "byte " + at + " is neither the old nor the new one";
            }
            bytes[at] = actual[i];
        }
        size = (int) now;
        return null;
    }

    /** How the file differs, or {@code null}. */
    String compare(FileChannel channel) throws IOException {
        if (channel.size() != size) {
            return "size: " + channel.size() + " (expected: " + size + ')';
        }
        int at = mismatch(0, ByteBuffer.wrap(read(channel, 0, size)));
        return at < 0 ? null : "first wrong byte of the file at " + at;
    }

    private static byte[] read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        int read = 1;
        while (target.position() < length && read > 0) {
            // in pieces: the JDK keeps a direct buffer of the largest size that was ever read
            target.limit(Math.min(length, target.position() + (64 << 10)));
            read = channel.read(target, position + target.position());
        }
        return target.array();
    }
}
