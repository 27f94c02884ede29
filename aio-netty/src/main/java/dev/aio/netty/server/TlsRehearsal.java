package dev.aio.netty.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Shakes hands with oneself, in memory, before the first client does. A handshake needs hundreds of classes, most of
 * them the JDK's, which an event loop would read from the disk; and a key that does not fit its certificate is found
 * before anybody is served.
 */
final class TlsRehearsal {

    private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    private static final byte[] MESSAGE = {'h', 'i'};

    private TlsRehearsal() {}

    /**
     * Plays a connection in each protocol, and one that is refused. Takes as long as loading the classes does, some
     * 100 ms; not for event loops.
     *
     * @throws SSLException if neither protocol came to an agreement
     */
    static void run(SslContext context) throws SSLException {
        SslProvider provider = context instanceof OpenSslContext ? SslProvider.OPENSSL : SslProvider.JDK;
        SSLException failure = null;
        int agreed = 0;
        for (String protocol : PROTOCOLS) {
            try {
                play(context, client(provider, protocol));
                agreed++;
            } catch (SSLException e) {
                failure = e;
            }
        }
        if (agreed == 0) {
            throw failure;
        }
        refuse(context);
    }

    private static SslContext client(SslProvider provider, String protocol) throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(provider)
                .trustManager(InsecureTrustManagerFactory.INSTANCE) // it knows with whom it speaks
                .endpointIdentificationAlgorithm(null)
                .protocols(protocol)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1))
                .build();
    }

    private static void play(SslContext context, SslContext clientContext) throws SSLException {
        EmbeddedChannel server = new EmbeddedChannel();
        EmbeddedChannel client = new EmbeddedChannel();
        try {
            SslHandler shaking = clientContext.newHandler(client.alloc());
            server.pipeline().addLast(context.newHandler(server.alloc()));
            client.pipeline().addLast(shaking);
            exchange(client, server);
            shaking.handshakeFuture().syncUninterruptibly();
            client.writeOutbound(Unpooled.wrappedBuffer(MESSAGE));
            server.writeOutbound(Unpooled.wrappedBuffer(MESSAGE));
            exchange(client, server);
            client.close();
            exchange(client, server);
        } catch (Exception e) {
            throw e instanceof SSLException known ? known : new SSLException(e);
        } finally {
            end(client);
            end(server);
        }
    }

    /** One that speaks no TLS at all. */
    private static void refuse(SslContext context) {
        EmbeddedChannel server = new EmbeddedChannel();
        try {
            server.pipeline().addLast(context.newHandler(server.alloc()));
            server.writeInbound(Unpooled.wrappedBuffer(new byte[64]));
        } catch (Exception expected) {
            server.close();
        } finally {
            end(server);
        }
    }

    private static void exchange(EmbeddedChannel client, EmbeddedChannel server) {
        boolean moved;
        do {
            moved = move(client, server) | move(server, client);
        } while (moved);
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        ByteBuf bytes = from.readOutbound();
        if (bytes == null) {
            return false;
        }
        if (to.isOpen()) {
            to.writeInbound(bytes);
        } else {
            bytes.release();
        }
        return true;
    }

    private static void end(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (Exception alreadyReported) {
            channel.releaseInbound();
            channel.releaseOutbound();
        }
    }
}
