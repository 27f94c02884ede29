package dev.aio.netty.server;

import dev.aio.core.LinkPolicy;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code aio serve} that say who may ask, how, and what is written down of it. */
final class ServerOptions {

    private static final int LOG_CAPACITY = 16 * 1024;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificates in PEM, the server's first: serve over TLS, with HTTP/2. Needs --tls-key.")
    private Path tlsCertificates;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The certificate's key: PKCS#8 in PEM, no password.")
    private Path tlsKey;

    @Option(
            names = "--tls-provider",
            paramLabel = "PROVIDER",
            defaultValue = "auto",
            description = "Who does TLS: openssl, jdk, or auto, which is openssl where it can be loaded.")
    private TlsProvider tlsProvider;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Connections open at once; one too many is told 503. 0: any number. Default: 10000, or what"
                    + " the limit of descriptors allows.")
    private Integer connections;

    @Option(
            names = "--max-connections-per-address",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same of one address, or of one IPv6 network of 64 bits. 0: any number.")
    private int connectionsPerAddress;

    @Option(
            names = "--open-files",
            paramLabel = "N",
            description = "Files kept open, with up to two descriptors each, so that they need not be opened for each"
                    + " request. Default: 1024, or what the limit of descriptors allows.")
    private Integer openFiles;

    @Option(
            names = "--links",
            paramLabel = "WHICH",
            defaultValue = "relative",
            description =
                    "Symbolic links that are followed: none, relative, or absolute (those too that begin with DIR)."
                            + " None ever leads out of DIR.")
    private String links;

    @Option(names = "--hidden", description = "Serve names that begin with a dot, too (/.well-known always is).")
    private boolean hidden;

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description =
                    "Append a line for each answer; - is standard output. Lines that the disk cannot keep up with are"
                            + " dropped and counted.")
    private String accessLog;

    @Option(
            names = "--access-log-format",
            paramLabel = "FORMAT",
            defaultValue = "combined",
            description = "common, combined or json.")
    private String accessLogFormat;

    /** @throws ParameterException if an option has a value that it cannot have */
    void check() {
        require((tlsCertificates == null) == (tlsKey == null), "--tls-cert and --tls-key: one without the other");
        require(tlsCertificates != null || tlsProvider == TlsProvider.AUTO, "--tls-provider: TLS needs --tls-cert");
        require(connections == null || connections >= 0, "--max-connections: " + connections + " (expected: >= 0)");
        require(
                connectionsPerAddress >= 0,
                "--max-connections-per-address: " + connectionsPerAddress + " (expected: >= 0)");
        require(openFiles == null || openFiles >= 1, "--open-files: " + openFiles + " (expected: >= 1)");
        format();
        linkPolicy();
    }

    private void require(boolean valid, String message) {
        if (!valid) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private AccessLogFormat format() {
        for (AccessLogFormat format : AccessLogFormat.values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(accessLogFormat)) {
                return format;
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                "--access-log-format: " + accessLogFormat + " (expected: common, combined or json)");
    }

    private LinkPolicy linkPolicy() {
        for (LinkPolicy policy : LinkPolicy.values()) {
            if (policy.name().toLowerCase(Locale.ROOT).equals(links)) {
                return policy;
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--links: " + links + " (expected: none, relative or absolute)");
    }

    /** The access log that was asked for, open; {@code null} for none. */
    @Nullable
    AccessLogWriter openAccessLog() throws IOException {
        return accessLog == null ? null : AccessLogWriter.open(format(), accessLog, LOG_CAPACITY);
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        builder.links(linkPolicy()).hiddenFiles(hidden);
    }

    /**
     * Sets what concerns connections.
     *
     * @throws IOException if TLS cannot be had as it was asked for; says why
     */
    void applyTo(FileServerBuilder builder, DescriptorBudget budget) throws IOException {
        if (tlsCertificates != null) {
            SslContext context = TlsFiles.open(tlsCertificates, tlsKey, tlsProvider);
            rehearse(context);
            builder.tls(context);
        }
        builder.connections(budget.connections(), connectionsPerAddress);
    }

    /** How descriptors are shared out among connections and files. */
    DescriptorBudget budget(int loops) {
        return DescriptorBudget.of(
                DescriptorBudget.ofThisProcess(), loops, ofNothingSaid(connections), ofNothingSaid(openFiles));
    }

    private static int ofNothingSaid(@Nullable Integer option) {
        return option == null ? -1 : option;
    }

    private void rehearse(SslContext context) throws IOException {
        try {
            TlsRehearsal.run(context);
        } catch (SSLException e) {
            throw new IOException(
                    "no handshake succeeds with " + tlsCertificates + " and " + tlsKey
                            + " (expected: the first certificate, and the key that belongs to it): "
                            + TlsFiles.rootOf(e).getMessage(),
                    e);
        }
    }

    boolean isTls() {
        return tlsCertificates != null;
    }
}
