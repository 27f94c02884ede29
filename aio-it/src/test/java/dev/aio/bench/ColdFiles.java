package dev.aio.bench;

import dev.aio.it.Content;
import dev.aio.it.Host;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Files that are not in memory when they are asked for, however often that is. */
final class ColdFiles {

    private final Path directory;
    private final List<String> names;
    private final int size;
    private final Queue<String> unread = new ConcurrentLinkedQueue<>();

    private ColdFiles(Path directory, List<String> names, int size) {
        this.directory = directory;
        this.names = names;
        this.size = size;
    }

    static ColdFiles create(Path directory, int count, int size) throws IOException {
        Progress.say("writing %d files of %s", count, SizeConverter.show(size));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "cold-" + i + ".txt";
            Content.writeLarge(directory.resolve(name), i, size);
            names.add(name);
        }
        return new ColdFiles(directory, Collections.unmodifiableList(names), size);
    }

    List<String> names() {
        return names;
    }

    int size() {
        return size;
    }

    Path directory() {
        return directory;
    }

    /** Takes everything out of memory that is not in use, inodes and extents too. */
    void makeCold() {
        Host.makeCold();
        unread.clear();
        unread.addAll(names);
    }

    /** Takes all of them into memory: what is found then is what everything but the disk can do. */
    void makeHot() throws IOException {
        makeCold();
        ByteBuffer buffer = ByteBuffer.allocateDirect(size);
        for (String name : names) {
            try (FileChannel file = FileChannel.open(directory.resolve(name))) {
                while (file.read(buffer.clear()) > 0) {
                    // on to its end
                }
            }
        }
    }

    /** The next one that is cold, or null if there is none left. */
    String next() {
        return unread.poll();
    }

    /** Whether there is a cold one that nobody has asked for. */
    boolean isAnyLeft() {
        return !unread.isEmpty();
    }

    /** Takes one out of memory that has been read, so that it can be read again. */
    void evict(String name) {
        Host.evict(directory.resolve(name));
        unread.add(name);
    }
}
