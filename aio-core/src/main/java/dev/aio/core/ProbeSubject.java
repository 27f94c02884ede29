package dev.aio.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The file that a probe tries things on. Only a file that the probe made itself is written to. */
final class ProbeSubject implements AutoCloseable {

    private static final int SIZE = 64 * 1024;

    /** Names looked at in a directory that cannot be written, before giving up on finding a file. */
    private static final int MAX_LOOKED_AT = 1000;

    /** Absolute; {@code null} if the directory holds no readable file and takes no new one. */
    final @Nullable Path file;

    final String description;
    final boolean ownFile;

    private ProbeSubject(@Nullable Path file, String description, boolean ownFile) {
        this.file = file;
        this.description = description;
        this.ownFile = ownFile;
    }

    static ProbeSubject choose(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "does not exist");
        }
        Path real = path.toRealPath();
        if (Files.isRegularFile(real)) {
            return new ProbeSubject(real, "the file itself, only read", false);
        }
        if (!Files.isDirectory(real)) {
            throw new FileSystemException(path.toString(), null, "is neither a regular file nor a directory");
        }
        try {
            return new ProbeSubject(makeFile(real), "a temporary file in " + real, true);
        } catch (IOException e) {
            Path found = findFile(real);
            String why = "no file can be made in " + real + " (" + e + "): ";
            return found == null
                    ? new ProbeSubject(null, why + "nothing to try on, name a file", false)
                    : new ProbeSubject(found, why + found.getFileName() + ", only read", false);
        }
    }

    /** A file whose blocks are written: an overwrite of it has nothing to allocate. */
    private static Path makeFile(Path directory) throws IOException {
        Path made = Files.createTempFile(directory, ".aio-probe", ".tmp");
        try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
            ByteBuffer content = ByteBuffer.allocate(SIZE);
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
            return made;
        } catch (IOException e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }

    private static @Nullable Path findFile(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            int lookedAt = 0;
            for (Path entry : entries) {
                if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(entry)) {
                    return entry;
                }
                if (++lookedAt == MAX_LOOKED_AT) {
                    break;
                }
            }
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        if (ownFile) {
            Files.deleteIfExists(file);
        }
    }
}
