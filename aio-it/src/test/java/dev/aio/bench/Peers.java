package dev.aio.bench;

import dev.aio.it.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whom we are compared with over HTTP. */
final class Peers {

    private Peers() {}

    /** Ours comes first. */
    static List<Peer> ours(Session session) {
        Settings settings = session.settings();
        List<Peer> peers = new ArrayList<>();
        peers.add(new AioPeer(Figure.OURS, Program.jar(), settings.aioOptions()));
        Path baseline = settings.baseline;
        if (baseline != null) {
            peers.add(new AioPeer("aio-baseline", baseline, settings.aioOptions()));
        }
        return peers;
    }

    static List<Peer> all(Session session) {
        List<Peer> peers = ours(session);
        peers.add(NginxPeer.SENDFILE);
        peers.add(NginxPeer.THREADS);
        return peers;
    }
}
