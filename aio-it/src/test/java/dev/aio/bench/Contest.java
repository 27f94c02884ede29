package dev.aio.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The servers of one comparison, all of them running, each for itself; whoever is not there is left out. */
final class Contest implements AutoCloseable {

    private final Map<String, ServerUnderLoad> servers = new LinkedHashMap<>();

    private Contest() {}

    static Contest start(Session session, List<? extends Peer> peers, Site site) throws IOException {
        Contest contest = new Contest();
        try {
            for (Peer peer : peers) {
                if (session.settings().isWanted(peer.name())) {
                    contest.start(session, peer, site);
                }
            }
            return contest;
        } catch (Throwable t) {
            contest.close();
            throw t;
        }
    }

    private void start(Session session, Peer peer, Site site) throws IOException {
        try {
            servers.put(peer.name(), peer.start(site));
            session.describe(peer.name(), peer.description());
        } catch (UnavailableException e) {
            session.skip(peer.name(), e.getMessage());
        }
    }

    Map<String, ServerUnderLoad> servers() {
        return servers;
    }

    @Override
    public void close() {
        servers.values().forEach(ServerUnderLoad::close);
    }
}
