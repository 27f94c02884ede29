package dev.aio.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Bytes that cannot be right by accident: random, the same for the same seed. */
public final class Content {

    private static final int CHUNK = 1 << 20;

    private Content() {}

    static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Writes random bytes through to the disk; returns them. */
    public static byte[] write(Path file, long seed, int length) {
        byte[] bytes = random(seed, length);
        write(file, bytes);
        return bytes;
    }

    static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            sync(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file larger than one wants in memory; returns its digest. */
    public static String writeLarge(Path file, long seed, long length) throws IOException {
        Random random = new Random(seed);
        MessageDigest digest = digest();
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = length; left > 0; left -= CHUNK) {
                random.nextBytes(chunk);
                int n = (int) Math.min(left, CHUNK);
                out.write(chunk, 0, n);
                digest.update(chunk, 0, n);
            }
        }
        sync(file);
        return hex(digest);
    }

    /** Dirty pages stay in memory whatever is dropped. */
    static void sync(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String sha256(byte[] bytes) {
        MessageDigest digest = digest();
        digest.update(bytes);
        return hex(digest);
    }

    /** Of the next {@code length} bytes, or of what there is. */
    public static String sha256(InputStream in, long length) throws IOException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[CHUNK];
        long left = length;
        while (left > 0) {
            int n = in.read(chunk, 0, (int) Math.min(left, CHUNK));
            if (n < 0) {
                break;
            }
            digest.update(chunk, 0, n);
            left -= n;
        }
        return hex(digest);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
