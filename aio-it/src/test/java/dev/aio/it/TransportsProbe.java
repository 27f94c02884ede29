package dev.aio.it;

import dev.aio.core.Aio;
import io.netty.channel.uring.IoUring;
import org.jspecify.annotations.Nullable;

/** A program for containers: says what of two ways to asynchronous I/O is to be had there. */
final class TransportsProbe {

    private TransportsProbe() {}

    public static void main(String[] arguments) {
        say("Linux AIO", Aio.unavailabilityCause());
        say("Netty's io_uring", IoUring.unavailabilityCause());
    }

    private static void say(String what, @Nullable Throwable cause) {
        StringBuilder line = new StringBuilder(what).append(cause == null ? ": available" : ": unavailable");
        for (Throwable c = cause; c != null; c = c.getCause()) {
            line.append(": ").append(c.getMessage());
        }
        System.out.println(line);
    }
}
