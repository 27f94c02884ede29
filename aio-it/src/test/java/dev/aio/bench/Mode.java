package dev.aio.bench;

import java.io.IOException;

/** One thing to measure. */
interface Mode {

    /** Adds what it finds to the session. */
    void run(Session session) throws IOException, InterruptedException;
}
