package dev.aio.bench;

/** Something to compare with is not on this machine; the message says what, and where to get it. */
final class UnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    UnavailableException(String message) {
        super(message);
    }
}
