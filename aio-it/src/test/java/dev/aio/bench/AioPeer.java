package dev.aio.bench;

import dev.aio.it.Certificate;
import dev.aio.it.ClassArchive;
import dev.aio.it.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** This project: the standalone jar as {@code bin/aio} runs it, with one loop. */
record AioPeer(String name, Path jar, List<String> options) implements Peer {

    /** Options of the JVM, by jar. */
    private static final Map<Path, List<String>> ARCHIVES = new ConcurrentHashMap<>();

    private static List<String> archive(Path jar) {
        ClassArchive.make(jar);
        return ClassArchive.options(jar);
    }

    @Override
    public String description() {
        String version = Program.succeed(java().toString(), "-jar", jar.toString(), "--version");
        return version.strip() + ", one loop" + (options.isEmpty() ? "" : ", " + String.join(" ", options));
    }

    @Override
    public ServerUnderLoad start(Site site) throws UnavailableException {
        // as bin/aio
        List<String> command = new ArrayList<>(List.of(java().toString(), "-XX:-UsePerfData", "-Xshare:auto"));
        command.addAll(ARCHIVES.computeIfAbsent(jar, AioPeer::archive));
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of("serve", site.files().toString(), "--port", "0", "--loops", "1"));
        Certificate certificate = site.certificate();
        if (certificate != null) {
            command.addAll(List.of("--tls-cert", certificate.file().toString()));
            command.addAll(List.of("--tls-key", certificate.key().toString()));
            command.addAll(List.of("--tls-provider", "openssl"));
        }
        command.addAll(options);
        return ServerUnderLoad.announcing(site.cpus().served(command));
    }

    private static Path java() {
        return Program.javaHome().resolve("bin/java");
    }
}
