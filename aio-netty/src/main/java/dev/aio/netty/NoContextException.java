package dev.aio.netty;

import java.io.IOException;

/** The kernel had no AIO context to give, and {@link Engine#AIO} was demanded. The message names the limit. */
public final class NoContextException extends IOException {

    private static final long serialVersionUID = 1;

    NoContextException(String message) {
        super(message);
    }
}
