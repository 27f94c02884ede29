package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aio.netty.TargetDirectory;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Who does TLS, and what is found out before anybody is served. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsOptionsTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path certificate;
    private Path key;
    private Path otherKey;

    @BeforeEach
    void makeCertificates() throws Exception {
        X509Bundle bundle = bundle();
        certificate = Files.writeString(directory.resolve("cert.pem"), bundle.getCertificatePEM());
        key = Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM());
        otherKey = Files.writeString(directory.resolve("other.pem"), bundle().getPrivateKeyPEM());
    }

    private static X509Bundle bundle() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private SslContext open(Path key, TlsProvider provider) throws IOException {
        assumeTrue(provider != TlsProvider.OPENSSL || OpenSsl.isAvailable(), TlsProvider::whyNoOpenSsl);
        return TlsFiles.open(certificate, key, provider);
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aKeyThatFitsShakesHands(TlsProvider provider) throws IOException {
        SslContext context = open(key, provider);
        assertThatCode(() -> TlsRehearsal.run(context)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aKeyOfAnotherCertificateIsFoundOut(TlsProvider provider) throws IOException {
        SslContext context = open(otherKey, provider);
        assertThatThrownBy(() -> TlsRehearsal.run(context)).isInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @EnumSource(value = TlsProvider.class, mode = Mode.EXCLUDE, names = "AUTO")
    void theProviderThatWasAskedForIsTaken(TlsProvider provider) throws IOException {
        SslContext context = open(key, provider);
        assertThat(context instanceof OpenSslContext).isEqualTo(provider == TlsProvider.OPENSSL);
        assertThat(TlsProvider.inWords(context))
                .contains(provider == TlsProvider.OPENSSL ? OpenSsl.versionString() : "the JDK");
    }

    @Test
    void openSslIsTakenWhereItIs() throws IOException {
        assertThat(open(key, TlsProvider.AUTO) instanceof OpenSslContext).isEqualTo(OpenSsl.isAvailable());
    }

    @Test
    void aKeyOfAnotherCertificateEndsTheProgram() {
        CommandLineRun run =
                CommandLineRun.of("serve", directory, "--port", "0", "--tls-cert", certificate, "--tls-key", otherKey);
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.err).contains("cert.pem", "other.pem", "expected").doesNotContain("\tat ");
    }

    @Test
    void aProviderWithoutACertificateIsWrongUsage() {
        CommandLineRun run = CommandLineRun.of("serve", directory, "--tls-provider", "jdk");
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).contains("--tls-provider", "--tls-cert");
    }
}
