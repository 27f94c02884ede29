package dev.aio.bench;

import dev.aio.it.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whom we are compared with over HTTP. */
final class Peers {

    private Peers() {}

    /** Ours comes first. */
    static List<Peer> ours(Session session, String... more) throws IOException {
        Settings settings = session.settings();
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(settings.aioOptions());
        List<Peer> peers = new ArrayList<>();
        peers.add(new AioPeer(Figure.OURS, Program.jar(), options));
        Path baseline = session.baseline();
        if (baseline != null) {
            peers.add(new AioPeer("aio-baseline", baseline, options));
        }
        return peers;
    }

    static List<Peer> all(Session session) throws IOException {
        List<Peer> peers = ours(session);
        peers.add(NginxPeer.SENDFILE);
        peers.add(NginxPeer.THREADS);
        ClassPath classPath = ClassPath.copyTo(session.newDirectory("class-path"));
        peers.add(new NettyPeer("netty-region", "region", "epoll", classPath));
        peers.add(new NettyPeer("netty-kept", "kept", "epoll", classPath));
        peers.add(new NettyPeer("netty-chunked", "chunked", "epoll", classPath));
        peers.add(new NettyPeer("netty-io_uring", "region", "io_uring", classPath));
        return peers;
    }
}
