package dev.aio.it;

/** What a server is spoken to over. */
enum Security {
    NONE,
    OPENSSL,
    JDK;

    String[] options(Certificate certificate) {
        return this == NONE
                ? new String[0]
                : new String[] {
                    "--tls-cert", certificate.file().toString(),
                    "--tls-key", certificate.key().toString(),
                    "--tls-provider", name().toLowerCase()
                };
    }
}
