package dev.aio.bench.fill;

import dev.aio.core.AlignedMemory;

/** A range on its way to the socket. Used by the owner of the pipe only. */
final class Window {

    private final int slot;
    private final AlignedMemory memory;
    private Range range;
    private boolean ready;
    private boolean resident;

    /**
     * @param slot its place in the pipe: the token of its operations
     */
    Window(int slot, AlignedMemory memory) {
        this.slot = slot;
        this.memory = memory;
    }

    void carry(Range next) {
        range = next;
        ready = false;
    }

    /** To be sent from the page cache. */
    void isInPageCache() {
        resident = true;
        ready = true;
    }

    /** To be sent from memory. */
    void isInMemory() {
        resident = false;
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    int slot() {
        return slot;
    }

    AlignedMemory memory() {
        return memory;
    }

    Range range() {
        return range;
    }

    /**
     * Sends what is left by one call.
     *
     * @return bytes, or {@code -errno}
     */
    long sendTo(int socketFd, int sent) {
        int left = range.length() - sent;
        return resident
                ? range.file().sendTo(socketFd, range.position() + sent, left)
                : memory.sendTo(socketFd, sent, left, false);
    }
}
