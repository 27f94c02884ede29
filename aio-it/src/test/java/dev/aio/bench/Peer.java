package dev.aio.bench;

import java.io.IOException;

/** A server to measure. */
interface Peer {

    /** What it is called in reports and by {@code --peers}. */
    String name();

    /** What exactly is measured, with its version. */
    String description();

    /**
     * Starts it, pinned and as a user who owns none of the files.
     *
     * @throws UnavailableException if it is not on this machine
     */
    ServerUnderLoad start(Site site) throws IOException, UnavailableException;
}
