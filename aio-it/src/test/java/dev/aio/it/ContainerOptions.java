package dev.aio.it;

import static org.testcontainers.containers.startupcheck.StartupCheckStrategy.StartupStatus.NOT_YET_KNOWN;
import static org.testcontainers.containers.startupcheck.StartupCheckStrategy.StartupStatus.SUCCESSFUL;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.DockerStatus;
import org.testcontainers.utility.MountableFile;

/** How to run a container of the image: as its documentation says, with a read-only root file system. */
final class ContainerOptions {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(ContainerImage.name()))
            .withNetworkMode("host") // a private engine may have no bridge
            .withCreateContainerCmdModifier(this::apply);
    private final List<String> arguments = new ArrayList<>();
    private SeccompProfile profile = SeccompProfile.OF_THE_ENGINE;
    private boolean readOnly = true;
    private String user = "";
    private long memory;
    private HealthCheck health = new HealthCheck().withTest(List.of("NONE"));

    /** With a directory of the host, which it can only read, as {@code /srv}. */
    static ContainerOptions serving(Path directory) {
        return new ContainerOptions().bind(directory, "/srv").with("serve", "/srv", "--port", "0");
    }

    /** Its root file system holds a copy of a directory, as an image would that was made of ours. */
    static ContainerOptions servingCopyOf(Path directory) {
        ContainerOptions options = new ContainerOptions().with("serve", "/srv/copy", "--port", "0");
        options.readOnly = false; // nothing can be copied into it otherwise
        options.container.withCopyFileToContainer(MountableFile.forHostPath(directory), "/srv/copy");
        return options;
    }

    /** One that runs to its end. */
    static ContainerOptions running(String... arguments) {
        return new ContainerOptions().with(arguments);
    }

    ContainerOptions bind(Path directory, String to) {
        container.withFileSystemBind(directory.toString(), to, BindMode.READ_ONLY);
        return this;
    }

    /** A program in place of the server. */
    ContainerOptions entryPoint(String... command) {
        container.withCreateContainerCmdModifier(create -> create.withEntrypoint(command));
        return this;
    }

    ContainerOptions with(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    ContainerOptions profile(SeccompProfile chosen) {
        profile = chosen;
        return this;
    }

    /** Not as nobody but as who runs this test, who owns the files. */
    ContainerOptions asOwner() {
        user = Program.succeed("id", "-u") + ':' + Program.succeed("id", "-g");
        return this;
    }

    ContainerOptions memory(long bytes) {
        memory = bytes;
        return this;
    }

    /** The image's health check by another address and more often, since a test cannot wait. */
    ContainerOptions healthCheck(String url) {
        List<String> check = new ArrayList<>(List.of("CMD", ContainerImage.HOME + "/jre/bin/java"));
        check.addAll(List.of("-jar", ContainerImage.HOME + "/aio.jar", "health", url));
        long second = TimeUnit.SECONDS.toNanos(1);
        health = new HealthCheck()
                .withTest(check)
                .withInterval(second)
                .withTimeout(10 * second)
                .withRetries(1);
        return this;
    }

    /** A directory in memory from which libraries may be loaded. */
    ContainerOptions temporary(String at) {
        container.withTmpFs(Map.of(at, "rw,exec"));
        return this;
    }

    private void apply(CreateContainerCmd create) {
        HostConfig host = create.getHostConfig();
        List<String> security = new ArrayList<>(List.of("no-new-privileges"));
        if (profile.json() != null) {
            security.add("seccomp=" + profile.json());
        }
        host.withReadonlyRootfs(readOnly).withSecurityOpts(security);
        if (memory > 0) {
            host.withMemory(memory).withMemorySwap(memory);
        }
        if (!user.isEmpty()) {
            create.withUser(user);
        }
        create.withHealthcheck(health);
    }

    /** Starts a server and waits until it listens. */
    ServerContainer start() {
        container
                .withCommand(arguments.toArray(new String[0]))
                .waitingFor(Wait.forLogMessage("listening on .*\\n", 1).withStartupTimeout(DEADLINE));
        container.start();
        return new ServerContainer(container);
    }

    /** What a container said that has ended. */
    record Ended(long exitCode, String output) {}

    /** Runs it to its end. */
    Ended run() {
        container.withCommand(arguments.toArray(new String[0])).withStartupCheckStrategy(new HasEnded());
        container.waitingFor(Wait.forLogMessage("[\\s\\S]*", 0));
        try {
            container.start();
            return new Ended(container.getCurrentContainerInfo().getState().getExitCodeLong(), container.getLogs());
        } finally {
            container.stop();
        }
    }

    /** With whatever exit code. */
    private static final class HasEnded extends StartupCheckStrategy {

        @Override
        public StartupStatus checkStartupState(DockerClient client, String id) {
            return DockerStatus.isContainerStopped(getCurrentState(client, id)) ? SUCCESSFUL : NOT_YET_KNOWN;
        }
    }
}
