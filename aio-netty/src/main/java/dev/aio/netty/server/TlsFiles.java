package dev.aio.netty.server;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate and its key from PEM files, for TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1. */
final class TlsFiles {

    private TlsFiles() {}

    /**
     * @param certificates the server's, and those that lead to a root, in this order
     * @param key its private key, PKCS#8 without a password
     * @throws IOException if one cannot be read or used, or the provider cannot be had; says which, and what is expected
     */
    static SslContext open(Path certificates, Path key, TlsProvider provider) throws IOException {
        SslProvider chosen = provider.choose();
        requireReadable(certificates);
        requireReadable(key);
        SslContextBuilder builder;
        try {
            builder = SslContextBuilder.forServer(certificates.toFile(), key.toFile());
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "cannot use " + certificates + " with " + key
                            + " (expected: certificates in PEM, and a key of RSA or EC in PEM as PKCS#8 without a password, which"
                            + " 'openssl pkcs8 -topk8 -nocrypt' makes): "
                            + rootOf(e).getMessage(),
                    e);
        }
        return builder.sslProvider(chosen)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1))
                .build();
    }

    private static void requireReadable(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("cannot read " + file + (Files.exists(file) ? "" : ": it does not exist"));
        }
    }

    /** What went wrong in the first place. */
    static Throwable rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
