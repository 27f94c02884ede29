package dev.aio.netty.server;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections that are open at once, in all and from one client, so that nobody takes all descriptors. One
 * too many is told so, if that can be said in its protocol, and closed. All clients of one IPv6 network of 64 bits,
 * which is what a household or a host gets, count as one.
 *
 * <p>First in the pipeline; one for all channels. Any thread may ask.
 */
@Sharable
final class ConnectionLimits extends ChannelInboundHandlerAdapter {

    private static final long LINGER_MILLIS = 500;

    private final int limit;
    private final int limitPerClient;
    private final @Nullable Supplier<Object> refusal;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> clients = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();

    /**
     * @param limit connections in all; 0 for any number
     * @param limitPerClient connections from one client; 0 for any number
     * @param refusal what is written to one too many before it is closed; {@code null} for nothing
     */
    ConnectionLimits(int limit, int limitPerClient, @Nullable Supplier<Object> refusal) {
        this.limit = limit;
        this.limitPerClient = limitPerClient;
        this.refusal = refusal;
    }

    /** Connections counted now. */
    int open() {
        return open.get();
    }

    /** Clients that have connections now, as far as they are told apart. */
    int clients() {
        return clients.size();
    }

    /** Connections that were one too many, so far. */
    long refused() {
        return refused.sum();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (enter(ctx)) {
            ctx.fireChannelActive();
        } else {
            refuse(ctx);
        }
    }

    private boolean enter(ChannelHandlerContext ctx) {
        int now = open.incrementAndGet();
        if (limit > 0 && now > limit) {
            open.decrementAndGet();
            return false;
        }
        InetAddress client = limitPerClient > 0 ? client(ctx.channel().remoteAddress()) : null;
        if (client != null && clients.merge(client, 1, Integer::sum) > limitPerClient) {
            leave(client);
            return false;
        }
        ctx.channel().closeFuture().addListener(closed -> leave(client));
        return true;
    }

    private void leave(@Nullable InetAddress client) {
        open.decrementAndGet();
        if (client != null) {
            clients.compute(client, (address, count) -> count == null || count == 1 ? null : count - 1);
        }
    }

    private void refuse(ChannelHandlerContext ctx) {
        refused.increment();
        ctx.pipeline().replace(this, null, new Refused());
        if (refusal == null) {
            ctx.close();
            return;
        }
        ctx.writeAndFlush(refusal.get()).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess() && written.channel() instanceof DuplexChannel channel) {
                // Closing with unread bytes in the socket sends a reset, which destroys what we have said.
                channel.shutdownOutput();
                Future<?> timer =
                        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
                channel.closeFuture().addListener(closed -> timer.cancel(false)); // it would keep the channel
            } else {
                written.channel().close();
            }
        });
    }

    /** Keeps what still comes from those behind, who have not heard of this channel. */
    private static final class Refused extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static @Nullable InetAddress client(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return null;
        }
        if (!(inet.getAddress() instanceof Inet6Address six)) {
            return inet.getAddress();
        }
        byte[] network = six.getAddress();
        Arrays.fill(network, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(network);
        } catch (UnknownHostException e) {
            throw new AssertionError("sixteen bytes", e);
        }
    }
}
