package dev.aio.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Whoever stands before several replicas, with the configuration that the documentation shows. */
enum ReverseProxy {
    HAPROXY("haproxy.cfg", "bind :80\n") {
        @Override
        Daemon start(String configuration, InetSocketAddress address, Path own) throws IOException {
            assumeThere();
            Path file = Files.writeString(own.resolve("haproxy.cfg"), configuration);
            return Daemon.start(List.of("haproxy", "-q", "-db", "-f", file.toString()), address);
        }

        @Override
        void assumeThere() {
            Host.assumeProgram("haproxy", "haproxy");
        }
    },

    NGINX("nginx-proxy.conf", "listen 80;\n") {
        @Override
        Daemon start(String configuration, InetSocketAddress address, Path own) throws IOException {
            return Nginx.start(configuration, address, own);
        }

        @Override
        void assumeThere() {
            Nginx.assumeThere();
        }
    };

    private final String resource;
    private final String listens;

    ReverseProxy(String resource, String listens) {
        this.resource = resource;
        this.listens = listens;
    }

    abstract Daemon start(String configuration, InetSocketAddress address, Path own) throws IOException;

    /** Skips the test where there is none. */
    abstract void assumeThere();

    /** As it is shown: three replicas on three hosts. */
    String configuration() {
        try (InputStream in = Objects.requireNonNull(ReverseProxy.class.getResourceAsStream("/" + resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Starts it, with nothing changed but addresses.
     *
     * @param own where it may put configuration and temporary files
     */
    Daemon before(List<InetSocketAddress> replicas, Path own) throws IOException {
        return before(configuration(), replicas, own);
    }

    /** Likewise, with a variant of the configuration. */
    Daemon before(String configuration, List<InetSocketAddress> replicas, Path own) throws IOException {
        InetSocketAddress address = Daemon.freeAddress();
        String here = configuration.replace(listens, listens.replaceFirst(":?80", text(address)));
        for (int i = 0; i < replicas.size(); i++) {
            here = here.replace("10.0.0." + (i + 1) + ":8080", text(replicas.get(i)));
        }
        return start(here, address, own);
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ':' + address.getPort();
    }
}
