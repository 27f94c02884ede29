package dev.aio.bench;

import dev.aio.bench.peer.NettyServer;
import dev.aio.it.Certificate;
import dev.aio.it.Program;
import io.netty.util.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * A minimal server on unmodified Netty.
 *
 * @param body how it sends files
 */
record NettyPeer(String name, String body, String transport, ClassPath classPath) implements Peer {

    @Override
    public String description() {
        Version version = Version.identify(NettyServer.class.getClassLoader()).get("netty-common");
        return "Netty " + version.artifactVersion() + ", one loop, HttpServerCodec, " + transport + ", "
                + switch (body) {
                    case "region" -> "DefaultFileRegion, opened for each request";
                    case "kept" -> "DefaultFileRegion of a file that stays open";
                    default -> "ChunkedNioFile";
                };
    }

    @Override
    public ServerUnderLoad start(Site site) throws UnavailableException {
        List<String> command = new ArrayList<>(List.of(
                Program.javaHome().resolve("bin/java").toString(),
                "-XX:-UsePerfData", // as ours
                "-cp",
                classPath.toString(),
                NettyServer.class.getName(),
                site.files().toString(),
                body,
                transport));
        Certificate certificate = site.certificate();
        if (certificate != null) {
            command.addAll(
                    List.of(certificate.file().toString(), certificate.key().toString()));
        }
        return ServerUnderLoad.announcing(site.cpus().served(command));
    }
}
