package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Another descriptor of an epoll loop, which has an event when it is signalled. */
final class SignalledHandle implements EpollIoHandle {

    private final FileDescriptor eventFd = new FileDescriptor(Native.eventfd());
    private final AtomicInteger events = new AtomicInteger();
    private final Runnable onEvent;

    SignalledHandle(Runnable onEvent) {
        this.onEvent = onEvent;
    }

    void signal() {
        // A buffer of the thread's own with a number other than 0 in its first 8 bytes.
        long one = Scratch.get().path("\u0001");
        assertThat(Native.pwritev2(eventFd.intValue(), one, 8, -1, 0)).isEqualTo(8);
    }

    int events() {
        return events.get();
    }

    @Override
    public FileDescriptor fd() {
        return eventFd;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        events.incrementAndGet();
        onEvent.run();
    }

    @Override
    public void close() {
        try {
            eventFd.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
