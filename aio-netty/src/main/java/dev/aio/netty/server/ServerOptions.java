package dev.aio.netty.server;

import dev.aio.core.LinkPolicy;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The options of {@code aio serve} that say who may ask, how, and what is written down of it. */
final class ServerOptions {

    private static final int LOG_CAPACITY = 16 * 1024;

    private final Option<Path> tlsCertificates;
    private final Option<Path> tlsKey;
    private final Option<TlsProvider> tlsProvider;
    private final Option<Integer> connections;
    private final Option<Integer> connectionsPerAddress;
    private final Option<LinkPolicy> links;
    private final Option<Boolean> hidden;
    private final Option<String> accessLog;
    private final Option<AccessLogFormat> accessLogFormat;

    ServerOptions(CommandOptions options) {
        tlsCertificates = options.path(
                "--tls-cert",
                "FILE",
                "Certificates in PEM, the server's first: serve over TLS, with HTTP/2. Needs --tls-key.");
        tlsKey = options.path("--tls-key", "FILE", "The certificate's key: PKCS#8 in PEM, no password.");
        tlsProvider = options.choice(
                "--tls-provider",
                "PROVIDER",
                TlsProvider.class,
                "auto",
                "Who does TLS: openssl, jdk, or auto, which is openssl where it can be loaded.");
        connections = options.number(
                "--max-connections",
                "N",
                null,
                "Connections open at once; one too many is told 503. 0: any number. Default: 10000, or what the limit of"
                        + " descriptors allows.");
        connectionsPerAddress = options.number(
                "--max-connections-per-address",
                "N",
                "0",
                "The same of one address, or of one IPv6 network of 64 bits. 0: any number.");
        links = options.choice(
                "--links",
                "WHICH",
                LinkPolicy.class,
                "relative",
                "Symbolic links that are followed: none, relative, or absolute (those too that begin with DIR). None"
                        + " ever leads out of DIR.");
        hidden = options.flag("--hidden", "Serve names that begin with a dot, too (/.well-known always is).");
        accessLog = options.text(
                "--access-log",
                "FILE",
                null,
                "Append a line for each answer; - is standard output. Lines that the disk cannot keep up with are"
                        + " dropped and counted.");
        accessLogFormat = options.choice(
                "--access-log-format", "FORMAT", AccessLogFormat.class, "combined", "common, combined or json.");
    }

    /** @throws UsageException if an option has a value that it cannot have */
    void check() {
        require(
                tlsCertificates.isGiven() == tlsKey.isGiven(),
                "--tls-cert and --tls-key: one without the other (expected: both or neither)");
        require(isTls() || tlsProvider.get() == TlsProvider.AUTO, "--tls-provider: TLS needs --tls-cert");
        require(
                !connections.isGiven() || connections.get() >= 0,
                "--max-connections: " + connections.orNull() + " (expected: >= 0)");
        require(
                connectionsPerAddress.get() >= 0,
                "--max-connections-per-address: " + connectionsPerAddress.get() + " (expected: >= 0)");
    }

    private static void require(boolean valid, String message) {
        if (!valid) {
            throw new UsageException(message);
        }
    }

    /** The access log that was asked for, open; {@code null} for none. */
    @Nullable
    AccessLogWriter openAccessLog() throws IOException {
        return accessLog.isGiven() ? AccessLogWriter.open(accessLogFormat.get(), accessLog.get(), LOG_CAPACITY) : null;
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        builder.links(links.get()).hiddenFiles(hidden.isGiven());
    }

    /**
     * Sets what concerns connections.
     *
     * @throws IOException if TLS cannot be had as it was asked for; says why
     */
    void applyTo(FileServerBuilder builder, DescriptorBudget budget) throws IOException {
        if (isTls()) {
            SslContext context = TlsFiles.open(tlsCertificates.get(), tlsKey.get(), tlsProvider.get());
            rehearse(context);
            builder.tls(context);
        }
        builder.connections(budget.connections(), connectionsPerAddress.get());
    }

    /** How descriptors are shared out among connections and files. */
    DescriptorBudget budget(int loops) {
        return DescriptorBudget.of(
                DescriptorBudget.ofThisProcess(), loops, connections.isGiven() ? connections.get() : -1);
    }

    private void rehearse(SslContext context) throws IOException {
        try {
            TlsRehearsal.run(context);
        } catch (SSLException e) {
            throw new IOException(
                    "no handshake succeeds with " + tlsCertificates.get() + " and " + tlsKey.get()
                            + " (expected: the first certificate, and the key that belongs to it): "
                            + TlsFiles.rootOf(e).getMessage(),
                    e);
        }
    }

    boolean isTls() {
        return tlsCertificates.isGiven();
    }
}
