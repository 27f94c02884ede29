package dev.aio.netty.server;

import java.io.IOException;
import java.io.PrintWriter;

/** Something that the program can be asked to do. Made when it is asked for, read its options, and run once. */
interface Command {

    /** What it can be told. */
    CommandOptions options();

    /**
     * Does it.
     *
     * @param out where results go
     * @return the exit code
     * @throws UsageException if it was told something that cannot be
     * @throws IOException if it fails; the message is for the user
     */
    int run(PrintWriter out) throws IOException, InterruptedException;
}
