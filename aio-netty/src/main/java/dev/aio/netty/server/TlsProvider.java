package dev.aio.netty.server;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;

/** Who does TLS. */
enum TlsProvider {

    /** {@link #OPENSSL} where it can be loaded, else {@link #JDK}. */
    AUTO {
        @Override
        SslProvider choose() {
            return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        }
    },

    /** What netty-tcnative brings: BoringSSL in the program's own jar. */
    OPENSSL {
        @Override
        SslProvider choose() throws IOException {
            if (!OpenSsl.isAvailable()) {
                throw new IOException(
                        "--tls-provider openssl: it cannot be loaded (expected: auto or jdk on this system): "
                                + whyNoOpenSsl(),
                        OpenSsl.unavailabilityCause());
            }
            return SslProvider.OPENSSL;
        }
    },

    /** The JDK's own. */
    JDK {
        @Override
        SslProvider choose() {
            return SslProvider.JDK;
        }
    };

    /**
     * Loads what is needed to know; not for event loops.
     *
     * @throws IOException if what was asked for cannot be had; says why
     */
    abstract SslProvider choose() throws IOException;

    /** Why OpenSSL is not available, in one line; empty if it is. */
    static String whyNoOpenSsl() {
        Throwable cause = OpenSsl.unavailabilityCause();
        if (cause == null) {
            return "";
        }
        return String.valueOf(TlsFiles.rootOf(cause).getMessage())
                .lines()
                .findFirst()
                .orElse(cause.toString());
    }

    /** Who does it, for people: the library's name, and why it is not the faster one. */
    static String inWords(SslContext context) {
        if (context instanceof OpenSslContext) {
            return OpenSsl.versionString();
        }
        String why = whyNoOpenSsl();
        return why.isEmpty() ? "the JDK" : "the JDK (no OpenSSL: " + why + ')';
    }
}
