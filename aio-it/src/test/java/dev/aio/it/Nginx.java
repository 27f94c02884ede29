package dev.aio.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The nginx of this machine, to compare with: two workers, sendfile, open files remembered for a second as ours are. */
final class Nginx implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

    private final Program program;
    private final InetSocketAddress address;

    private Nginx(Program program, InetSocketAddress address) {
        this.program = program;
        this.address = address;
    }

    /**
     * Skips the test where there is none.
     *
     * @param files in a directory that every user may enter
     * @param own where it may put configuration and temporary files
     */
    static Nginx serving(Path files, Path own) throws IOException {
        Host.assume(Files.isExecutable(PROGRAM), "no " + PROGRAM + " to compare with (Debian package nginx-light)");
        InetSocketAddress address = freeAddress();
        Path configuration = Files.writeString(own.resolve("nginx.conf"), configuration(files, own, address.getPort()));
        Program program =
                Program.start(List.of(PROGRAM.toString(), "-e", "stderr", "-p", own + "/", "-c", configuration + ""));
        Nginx nginx = new Nginx(program, address);
        try {
            await("nginx listens")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !program.isAlive() || nginx.isListening());
            Host.assume(program.isAlive(), "nginx does not start here: " + program.stderr());
            return nginx;
        } catch (Throwable t) {
            program.kill();
            throw t;
        }
    }

    private static String configuration(Path files, Path own, int port) {
        return """
                daemon off;
                worker_processes 2;
                pid %2$s/nginx.pid;
                error_log stderr warn;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    keepalive_requests 1000000;
                    open_file_cache max=1024;
                    open_file_cache_valid 1s;
                    client_body_temp_path %2$s/t1;
                    proxy_temp_path %2$s/t2;
                    fastcgi_temp_path %2$s/t3;
                    uwsgi_temp_path %2$s/t4;
                    scgi_temp_path %2$s/t5;
                    server { listen 127.0.0.1:%3$d; location / { root %1$s; } }
                }
                """.formatted(files, own, port);
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        program.terminate();
        program.awaitExit(Duration.ofSeconds(30));
    }
}
