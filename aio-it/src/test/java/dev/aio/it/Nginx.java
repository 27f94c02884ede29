package dev.aio.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The nginx of this machine, as a file server to compare with or as somebody's proxy. */
final class Nginx {

    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

    private Nginx() {}

    /**
     * Two workers, sendfile, open files remembered for a second as ours are.
     *
     * @param files in a directory that every user may enter
     * @param own where it may put configuration and temporary files
     */
    static Daemon serving(Path files, Path own) throws IOException {
        InetSocketAddress address = Daemon.freeAddress();
        String http = """
                http {
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    keepalive_requests 1000000;
                    open_file_cache max=1024;
                    open_file_cache_valid 1s;
                    server { listen 127.0.0.1:%2$d; location / { root %1$s; } }
                }
                """.formatted(files, address.getPort());
        return start("worker_processes 2;\nevents { worker_connections 1024; }\n" + http, address, own);
    }

    /**
     * Skips the test where there is none.
     *
     * @param configuration with a block {@code http}, which gets places for temporary files
     */
    static Daemon start(String configuration, InetSocketAddress address, Path own) throws IOException {
        WebClient.NGINX.assumeThere("nginx-light");
        StringBuilder places = new StringBuilder();
        for (String user : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            places.append(user).append("_temp_path ").append(own.resolve(user)).append(";\n");
        }
        String whole = "daemon off;\npid " + own.resolve("nginx.pid") + ";\nerror_log stderr warn;\n"
                + configuration.replace("http {", "http {\n" + places);
        Path file = Files.writeString(own.resolve("nginx.conf"), whole);
        return Daemon.start(
                List.of(PROGRAM.toString(), "-e", "stderr", "-p", own + "/", "-c", file.toString()), address);
    }
}
