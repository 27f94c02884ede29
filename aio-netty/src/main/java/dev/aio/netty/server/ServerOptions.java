package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.flag;
import static dev.aio.netty.server.Setting.option;

import dev.aio.core.LinkPolicy;
import dev.aio.netty.http.StaticFileHandlerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The options of {@code aio serve} that say who may ask, how, and what is written down of it. */
final class ServerOptions {

    private static final int LOG_CAPACITY = 16 * 1024;

    private CommandSpec spec;

    private final Setting<@Nullable Path> tlsCertificates = option(Path.class, "--tls-cert", "FILE")
            .description("Certificates in PEM, the server's first: serve over TLS, with HTTP/2. Needs --tls-key.");

    private final Setting<@Nullable Path> tlsKey =
            option(Path.class, "--tls-key", "FILE").description("The certificate's key: PKCS#8 in PEM, no password.");

    private final Setting<TlsProvider> tlsProvider = option(TlsProvider.class, "--tls-provider", "PROVIDER")
            .byDefault("auto")
            .description("Who does TLS: openssl, jdk, or auto, which is openssl where it can be loaded.");

    private final Setting<@Nullable Integer> connections = option(Integer.class, "--max-connections", "N")
            .description("Connections open at once; one too many is told 503. 0: any number. Default: 10000, or what"
                    + " the limit of descriptors allows.");

    private final Setting<Integer> connectionsPerAddress = option(int.class, "--max-connections-per-address", "N")
            .byDefault("0")
            .description("The same of one address, or of one IPv6 network of 64 bits. 0: any number.");

    private final Setting<@Nullable Integer> openFiles = option(Integer.class, "--open-files", "N")
            .description("Files kept open, with up to two descriptors each, so that they need not be opened for each"
                    + " request. Default: 1024, or what the limit of descriptors allows.");

    private final Setting<String> links = option(String.class, "--links", "WHICH")
            .byDefault("relative")
            .description(
                    "Symbolic links that are followed: none, relative, or absolute (those too that begin with DIR)."
                            + " None ever leads out of DIR.");

    private final Setting<Boolean> hidden =
            flag("--hidden").description("Serve names that begin with a dot, too (/.well-known always is).");

    private final Setting<@Nullable String> accessLog = option(String.class, "--access-log", "FILE")
            .description(
                    "Append a line for each answer; - is standard output. Lines that the disk cannot keep up with are"
                            + " dropped and counted.");

    private final Setting<String> accessLogFormat = option(String.class, "--access-log-format", "FORMAT")
            .byDefault("combined")
            .description("common, combined or json.");

    void addTo(CommandSpec command) {
        spec = command;
        Setting.addTo(
                command,
                tlsCertificates,
                tlsKey,
                tlsProvider,
                connections,
                connectionsPerAddress,
                openFiles,
                links,
                hidden,
                accessLog,
                accessLogFormat);
    }

    /** @throws ParameterException if an option has a value that it cannot have */
    void check() {
        require(
                (tlsCertificates.value() == null) == (tlsKey.value() == null),
                "--tls-cert and --tls-key: one without the other");
        require(
                tlsCertificates.value() != null || tlsProvider.value() == TlsProvider.AUTO,
                "--tls-provider: TLS needs --tls-cert");
        require(
                connections.value() == null || connections.value() >= 0,
                "--max-connections: " + connections.value() + " (expected: >= 0)");
        require(
                connectionsPerAddress.value() >= 0,
                "--max-connections-per-address: " + connectionsPerAddress.value() + " (expected: >= 0)");
        require(
                openFiles.value() == null || openFiles.value() >= 1,
                "--open-files: " + openFiles.value() + " (expected: >= 1)");
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
            if (format.name().toLowerCase(Locale.ROOT).equals(accessLogFormat.value())) {
                return format;
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                "--access-log-format: " + accessLogFormat.value() + " (expected: common, combined or json)");
    }

    private LinkPolicy linkPolicy() {
        for (LinkPolicy policy : LinkPolicy.values()) {
            if (policy.name().toLowerCase(Locale.ROOT).equals(links.value())) {
                return policy;
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--links: " + links.value() + " (expected: none, relative or absolute)");
    }

    /** The access log that was asked for, open; {@code null} for none. */
    @Nullable
    AccessLogWriter openAccessLog() throws IOException {
        return accessLog.value() == null ? null : AccessLogWriter.open(format(), accessLog.value(), LOG_CAPACITY);
    }

    void applyTo(StaticFileHandlerBuilder builder) {
        builder.links(linkPolicy()).hiddenFiles(hidden.value());
    }

    /**
     * Sets what concerns connections.
     *
     * @throws IOException if TLS cannot be had as it was asked for; says why
     */
    void applyTo(FileServerBuilder builder, DescriptorBudget budget) throws IOException {
        if (tlsCertificates.value() != null) {
            SslContext context = TlsFiles.open(tlsCertificates.value(), tlsKey.value(), tlsProvider.value());
            rehearse(context);
            builder.tls(context);
        }
        builder.connections(budget.connections(), connectionsPerAddress.value());
    }

    /** How descriptors are shared out among connections and files. */
    DescriptorBudget budget(int loops) {
        return DescriptorBudget.of(
                DescriptorBudget.ofThisProcess(),
                loops,
                ofNothingSaid(connections.value()),
                ofNothingSaid(openFiles.value()));
    }

    private static int ofNothingSaid(@Nullable Integer option) {
        return option == null ? -1 : option;
    }

    private void rehearse(SslContext context) throws IOException {
        try {
            TlsRehearsal.run(context);
        } catch (SSLException e) {
            throw new IOException(
                    "no handshake succeeds with " + tlsCertificates.value() + " and " + tlsKey.value()
                            + " (expected: the first certificate, and the key that belongs to it): "
                            + TlsFiles.rootOf(e).getMessage(),
                    e);
        }
    }

    boolean isTls() {
        return tlsCertificates.value() != null;
    }
}
