package dev.aio.bench;

import dev.aio.it.Certificate;
import dev.aio.it.Content;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Nobody is measured who does not send the right bytes under a full header. */
final class Verification {

    private static final List<String> FIELDS =
            List.of("date", "etag", "last-modified", "content-type", "content-length");

    private final HttpClient client;

    private Verification(HttpClient client) {
        this.client = client;
    }

    static Verification over(HttpClient.Version version, @Nullable Certificate certificate) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().version(version);
        if (certificate != null) {
            builder.sslContext(trusting(certificate));
        }
        return new Verification(builder.build());
    }

    /** Fails unless the server answers with what is in the file. */
    void check(String peer, ServerUnderLoad server, Path directory, String name)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url("/" + name))).build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        Path file = directory.resolve(name);
        String found;
        String expected;
        try (InputStream body = response.body();
                InputStream content = Files.newInputStream(file)) {
            found = Content.sha256(body, Long.MAX_VALUE);
            expected = Content.sha256(content, Long.MAX_VALUE);
        }
        if (response.statusCode() != 200 || !found.equals(expected)) {
            throw new IOException(peer + " answers " + response.statusCode() + " for " + name + " with sha256 " + found
                    + " (expected: 200 with " + expected + ')');
        }
        for (String field : FIELDS) {
            if (response.headers().firstValue(field).isEmpty()) {
                throw new IOException(peer + " sends no " + field + " (expected: all of " + FIELDS + ')');
            }
        }
        if (response.version() != client.version()) {
            throw new IOException(peer + " answers in " + response.version() + " (expected: " + client.version() + ')');
        }
    }

    private static SSLContext trusting(Certificate certificate) throws IOException {
        try (InputStream pem = Files.newInputStream(certificate.file())) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "bench", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot trust " + certificate.file(), e);
        }
    }
}
