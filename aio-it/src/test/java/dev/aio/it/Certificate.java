package dev.aio.it;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A certificate that vouches for itself, for localhost and 127.0.0.1, and its key, in PEM files.
 *
 * @param file which clients may trust
 */
public record Certificate(Path file, Path key) {

    public static Certificate create(Path directory) {
        try {
            X509Bundle bundle = new CertificateBuilder()
                    .algorithm(CertificateBuilder.Algorithm.ecp256)
                    .subject("CN=localhost")
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            return new Certificate(
                    Files.writeString(directory.resolve("cert.pem"), bundle.getCertificatePEM()),
                    Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new AssertionError("cannot make a certificate", e);
        }
    }
}
