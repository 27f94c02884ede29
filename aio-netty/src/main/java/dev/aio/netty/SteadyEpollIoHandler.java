package dev.aio.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler, except that a descriptor which waits for nothing stays in the epoll set.
 *
 * <p>Netty 4.2.18 takes it out and cannot put it back: when it is to wait for something again, {@code
 * epoll_ctl} answers ENOENT ({@code EpollIoHandler.DefaultEpollIoRegistration.submit}). That is the
 * state of a channel whose client has ended its half of the connection; the first write that the
 * socket did not take whole would then end the response.
 *
 * <p>Every channel, handle and option that works with Netty's own handler works with this one.
 */
public final class SteadyEpollIoHandler implements IoHandler {

    private final IoHandler epoll;

    private SteadyEpollIoHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    /** For {@code MultiThreadIoEventLoopGroup}, in the place of {@link EpollIoHandler#newFactory()}. */
    public static IoHandlerFactory newFactory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new SteadyEpollIoHandler(factory.newHandler(executor));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new SteadyRegistration(epoll.register(handle));
    }

    private record SteadyRegistration(IoRegistration epoll) implements IoRegistration {

        @Override
        public long submit(IoOps ops) {
            // The flag by itself asks for no event.
            return epoll.submit(ops.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLET : ops);
        }

        @Override
        public <T> T attachment() {
            return epoll.attachment();
        }

        @Override
        public boolean isValid() {
            return epoll.isValid();
        }

        @Override
        public boolean cancel() {
            return epoll.cancel();
        }
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return epoll.isCompatible(type);
    }
}
