package dev.aio.netty.server;

import static dev.aio.netty.server.Setting.option;
import static dev.aio.netty.server.Setting.parameter;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code aio health}: asks a server how it is, where there is neither a shell nor a curl to do so. */
final class HealthCommand implements Callable<Integer> {

    private final CommandSpec spec = Commands.command(
            this,
            "health",
            "Ask a server, such as this container's own, how it is: exit code 0 if it answers with 2xx.");

    private final Setting<String> url = parameter(
            String.class,
            "URL",
            "http://127.0.0.1:8080/healthz",
            "What to get. Of https the certificate is not verified: it is rarely one for 127.0.0.1.");

    private final Setting<Integer> seconds = option(int.class, "--timeout", "SECONDS")
            .byDefault("3")
            .description("How long connecting, and then the answer, may take.");

    /** Itself, as it is told to picocli. */
    CommandSpec spec() {
        Setting.addTo(spec, url, seconds);
        return spec;
    }

    @Override
    public Integer call() throws IOException {
        if (seconds.value() < 1) {
            throw new ParameterException(spec.commandLine(), "--timeout: " + seconds.value() + " (expected: >= 1)");
        }
        HttpURLConnection connection = open();
        int millis = (int) Duration.ofSeconds(seconds.value()).toMillis();
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setInstanceFollowRedirects(false);
        int status = connection.getResponseCode();
        connection.disconnect();
        spec.commandLine().getOut().println(url.value() + ": " + status);
        return status >= 200 && status < 300 ? 0 : 1;
    }

    private HttpURLConnection open() throws IOException {
        try {
            if (URI.create(url.value()).toURL().openConnection(Proxy.NO_PROXY)
                    instanceof HttpURLConnection connection) {
                return connection instanceof HttpsURLConnection tls ? trusting(tls) : connection;
            }
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw unsupported();
        }
        throw unsupported();
    }

    private ParameterException unsupported() {
        return new ParameterException(
                spec.commandLine(), "URL: '" + url.value() + "' (expected: http://… or https://…)");
    }

    private static HttpsURLConnection trusting(HttpsURLConnection connection) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
            connection.setSSLSocketFactory(context.getSocketFactory());
            connection.setHostnameVerifier((host, session) -> true);
            return connection;
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS to be had: " + e.getMessage(), e);
        }
    }

    private static final class AnyCertificate implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
