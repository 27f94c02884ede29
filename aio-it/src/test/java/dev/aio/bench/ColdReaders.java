package dev.aio.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that ask for one cold file after the other, until they are closed. */
final class ColdReaders implements AutoCloseable {

    private final ColdFiles files;
    private final boolean evicts;
    private final AtomicLong bytes = new AtomicLong();
    private final List<FileClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean done;
    private volatile Throwable failure;

    private ColdReaders(ColdFiles files, boolean evicts) {
        this.files = files;
        this.evicts = evicts;
    }

    /**
     * @param evicts whether files become cold again when they have been read; else each is read once
     */
    static ColdReaders start(InetSocketAddress server, int count, ColdFiles files, boolean evicts) throws IOException {
        ColdReaders readers = new ColdReaders(files, evicts);
        for (int i = 0; i < count; i++) {
            FileClient client = FileClient.connect(server);
            Thread thread = new Thread(() -> readers.read(client), "cold-reader-" + i);
            readers.clients.add(client);
            readers.threads.add(thread);
            thread.start();
        }
        return readers;
    }

    private void read(FileClient client) {
        try {
            for (String name = files.next(); name != null && !done; name = files.next()) {
                long length = client.get(FileClient.request("/" + name), bytes);
                if (length != files.size()) {
                    throw new IOException(name + " has " + length + " bytes (expected: " + files.size() + ')');
                }
                if (evicts) {
                    files.evict(name);
                }
            }
        } catch (IOException e) {
            if (!done) {
                failure = e;
            }
        }
    }

    /** Of bodies, so far. */
    long bytes() {
        return bytes.get();
    }

    /** Waits until every file has been read. */
    void awaitEnd() throws IOException, InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        checkFailure();
    }

    private void checkFailure() throws IOException {
        if (failure != null) {
            throw new IOException("a reader of cold files failed", failure);
        }
    }

    /** Cuts what is under way. */
    @Override
    public void close() throws IOException {
        done = true;
        for (FileClient client : clients) {
            client.close();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        checkFailure();
    }
}
