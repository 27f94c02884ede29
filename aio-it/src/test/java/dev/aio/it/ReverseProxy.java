package dev.aio.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Who stands before several replicas, with the configuration that the documentation shows. */
enum ReverseProxy {
    HAPROXY,
    /** Which speaks HTTP/2 to the replicas, too. */
    HAPROXY_HTTP2,
    NGINX;

    /** Skips the test where there is none. */
    void assumeThere() {
        client().assumeThere(this == NGINX ? "nginx-light" : "haproxy");
    }

    /** What it is to the replicas. */
    WebClient client() {
        return this == NGINX ? WebClient.NGINX : WebClient.HAPROXY;
    }

    /** How it speaks to the replicas. */
    String protocol() {
        return this == HAPROXY_HTTP2 ? "HTTP/2" : "HTTP/1.1";
    }

    /** As it is shown: three replicas on three hosts. */
    String configuration() {
        String resource = this == NGINX ? "/nginx-proxy.conf" : "/haproxy.cfg";
        try (InputStream in = Objects.requireNonNull(ReverseProxy.class.getResourceAsStream(resource), resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return this == HAPROXY_HTTP2 ? text.replaceFirst("default-server ", "default-server proto h2 ") : text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts it, with nothing changed but addresses.
     *
     * @param own where it may put configuration and temporary files
     */
    Daemon before(List<InetSocketAddress> replicas, Path own) throws IOException {
        InetSocketAddress address = Daemon.freeAddress();
        String here = configuration().replaceFirst("(bind|listen) :?80\\b", "$1 " + text(address));
        for (int i = 0; i < replicas.size(); i++) {
            here = here.replace("10.0.0." + (i + 1) + ":8080", text(replicas.get(i)));
        }
        assumeThere();
        if (this == NGINX) {
            return Nginx.start(here, address, own);
        }
        Path file = Files.writeString(own.resolve("haproxy.cfg"), here);
        Path statistics = Files.writeString(
                own.resolve("statistics.cfg"), HaproxyStatistics.of(own).configuration());
        return Daemon.start(
                List.of("haproxy", "-q", "-db", "-f", file.toString(), "-f", statistics.toString()), address);
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ':' + address.getPort();
    }
}
