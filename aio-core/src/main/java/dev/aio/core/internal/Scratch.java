package dev.aio.core.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A thread's own few KiB of native memory for the arguments and results of one system call. What a
 * call left in it is valid until the same thread's next call.
 */
public final class Scratch {

    /** Longest path handed to the kernel in one piece, without its NUL (limits.h PATH_MAX). */
    public static final int PATH_MAX = 4095;

    private static final int OUT = 4096;
    private static final int SIZE = 8192;
    private static final ThreadLocal<Scratch> CURRENT = ThreadLocal.withInitial(Scratch::new);

    private final ByteBuffer memory;
    private final long address;

    private Scratch() {
        memory = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
        address = Native.bufferAddress(memory);
    }

    public static Scratch get() {
        return CURRENT.get();
    }

    /**
     * Places a path, NUL-terminated, and returns its address; 0 if the kernel could never take it: it
     * holds a NUL or is longer than {@link #PATH_MAX} bytes.
     */
    public long path(String path) {
        int length = path.length();
        if (length > PATH_MAX) {
            return 0;
        }
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            if (c == 0) {
                return 0;
            }
            if (c > 0x7f) {
                return encodedPath(path);
            }
            memory.put(i, (byte) c);
        }
        memory.put(length, (byte) 0);
        return address;
    }

    private long encodedPath(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > PATH_MAX || path.indexOf(0) >= 0) {
            return 0;
        }
        memory.position(0);
        memory.put(bytes).put((byte) 0);
        return address;
    }

    /** Where results go: half of the memory, untouched by {@link #path}. */
    public long out() {
        return address + OUT;
    }

    public int outSize() {
        return SIZE - OUT;
    }

    public long outLong(int offset) {
        return memory.getLong(OUT + offset);
    }

    public int outInt(int offset) {
        return memory.getInt(OUT + offset);
    }

    public int outUnsignedShort(int offset) {
        return memory.getShort(OUT + offset) & 0xffff;
    }

    public String outString(int length) {
        byte[] bytes = new byte[length];
        memory.get(OUT, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
