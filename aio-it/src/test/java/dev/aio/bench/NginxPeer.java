package dev.aio.bench;

import dev.aio.it.Certificate;
import dev.aio.it.Program;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * nginx with one worker, its open files remembered, and a way to read them.
 *
 * @param reading directives that say how
 */
record NginxPeer(String name, String reading) implements Peer {

    private static final Path PROGRAM = Path.of(System.getenv().getOrDefault("NGINX", "/usr/sbin/nginx"));

    static final NginxPeer SENDFILE = new NginxPeer("nginx", "sendfile on; tcp_nopush on;");
    static final NginxPeer THREADS = new NginxPeer("nginx-threads", "sendfile on; tcp_nopush on; aio threads;");
    static final NginxPeer THREADS_DIRECT = new NginxPeer(
            "nginx-threads-direct", "sendfile on; tcp_nopush on; aio threads; directio 64k; output_buffers 2 256k;");

    /** Linux AIO; Debian builds nginx without. */
    static final NginxPeer AIO_DIRECT = new NginxPeer(
            "nginx-aio-direct", "sendfile on; tcp_nopush on; aio on; directio 64k; output_buffers 2 256k;");

    @Override
    public String description() {
        String version = Files.isExecutable(PROGRAM)
                ? Program.run(PROGRAM.toString(), "-v").stderr().strip().replace("nginx version: nginx/", "nginx ")
                : "nginx";
        return version + ", one worker, open_file_cache, "
                + reading.replace(";", ",").replaceAll(",$", "");
    }

    @Override
    public ServerUnderLoad start(Site site) throws IOException, UnavailableException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new UnavailableException("no " + PROGRAM + " (Debian package nginx-light)");
        }
        Path own = Files.createTempDirectory(site.own(), name);
        own.toFile().setWritable(true, false);
        own.toFile().setExecutable(true, false);
        own.toFile().setReadable(true, false);
        int port = ServerUnderLoad.freePort();
        Path file = Files.writeString(own.resolve("nginx.conf"), configuration(site, own, port));
        URI uri = URI.create(site.scheme() + "://127.0.0.1:" + port);
        List<String> command = List.of(PROGRAM.toString(), "-e", "stderr", "-p", own + "/", "-c", file.toString());
        return ServerUnderLoad.listening(uri, site.cpus().served(command));
    }

    private String configuration(Site site, Path own, int port) {
        return """
                daemon off;
                worker_processes 1;
                pid %2$s/nginx.pid;
                error_log stderr warn;
                events { worker_connections 16000; }
                http {
                    access_log off;
                    etag on;
                    types { text/plain txt; }
                    default_type application/octet-stream;
                    %5$s
                    keepalive_requests 1000000000;
                    keepalive_timeout 600s;
                    send_timeout 600s;
                    open_file_cache max=10000;
                    open_file_cache_valid 1s;
                    client_body_temp_path %2$s/t1;
                    proxy_temp_path %2$s/t2;
                    fastcgi_temp_path %2$s/t3;
                    uwsgi_temp_path %2$s/t4;
                    scgi_temp_path %2$s/t5;
                    server { listen 127.0.0.1:%3$d backlog=16384%4$s; location / { root %1$s; } }
                }
                """.formatted(site.files(), own, port, secured(site), reading);
    }

    private static String secured(Site site) {
        Certificate certificate = site.certificate();
        return certificate == null
                ? ""
                : " ssl http2; ssl_protocols TLSv1.3; ssl_certificate " + certificate.file() + "; ssl_certificate_key "
                        + certificate.key();
    }
}
