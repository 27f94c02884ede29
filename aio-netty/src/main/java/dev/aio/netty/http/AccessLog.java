package dev.aio.netty.http;

/**
 * Told of each answer when it has left, or when its connection broke. Called on the event loop of the connection: must
 * not block, and must not throw.
 */
@FunctionalInterface
public interface AccessLog {

    /** One answer has ended. */
    void answered(AccessEntry entry);
}
