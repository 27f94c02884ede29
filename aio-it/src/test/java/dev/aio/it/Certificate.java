package dev.aio.it;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate that vouches for itself, with its key, as {@code --tls-cert} and {@code --tls-key} want them. */
final class Certificate {

    private static final String PASSWORD = "changeit";

    private Certificate() {}

    /** Writes {@code cert.pem} and {@code key.pem} into a directory that it makes; returns the options that name them. */
    static String[] create(Path directory) throws Exception {
        Files.createDirectories(directory);
        Path store = directory.resolve("store.p12");
        Program.succeed(
                Program.javaHome().resolve("bin/keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("a").getEncoded()));
        Files.writeString(
                key, pem("PRIVATE KEY", keys.getKey("a", PASSWORD.toCharArray()).getEncoded()));
        return new String[] {"--tls-cert", certificate.toString(), "--tls-key", key.toString()};
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }
}
