package dev.aio.it;

import static org.testcontainers.containers.startupcheck.StartupCheckStrategy.StartupStatus.NOT_YET_KNOWN;
import static org.testcontainers.containers.startupcheck.StartupCheckStrategy.StartupStatus.SUCCESSFUL;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.DockerStatus;

/** How to run a container of the image: as its documentation says, with a read-only root file system. */
final class ContainerOptions {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final GenericContainer<?> container;
    private final List<String> arguments = new ArrayList<>();
    private SeccompProfile profile = SeccompProfile.OF_THE_ENGINE;
    private String user = "";
    private long memory;
    private HealthCheck health = new HealthCheck().withTest(List.of("NONE"));

    private ContainerOptions() {
        this(ContainerImage.name());
    }

    private ContainerOptions(String image) {
        container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetworkMode("host") // a private engine may have no bridge
                .withCreateContainerCmdModifier(this::apply);
    }

    /** With a directory of the host, which it can only read, as {@code /srv}. */
    static ContainerOptions serving(Path directory) {
        return new ContainerOptions().bind(directory, "/srv").with("serve", "/srv", "--port", "0");
    }

    /** With a volume of the engine in place of the directory. */
    static ContainerOptions servingVolume(String name) {
        return new ContainerOptions().mount(name, "/srv").with("serve", "/srv", "--port", "0");
    }

    /** With what is in the image itself, or in one made of it. */
    static ContainerOptions servingPartOf(String image, String directory) {
        return new ContainerOptions(image).with("serve", directory, "--port", "0");
    }

    /** With nothing but what the image says, on a network of its own. */
    static ContainerOptions asItIs() {
        ContainerOptions options = new ContainerOptions();
        options.container.withNetworkMode("none");
        options.health = new HealthCheck().withInterval(TimeUnit.SECONDS.toNanos(1)); // a test cannot wait
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

    private ContainerOptions mount(String volume, String to) {
        Mount mount = new Mount()
                .withType(MountType.VOLUME)
                .withSource(volume)
                .withTarget(to)
                .withReadOnly(true);
        container.withCreateContainerCmdModifier(
                create -> create.getHostConfig().withMounts(List.of(mount)));
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
        host.withReadonlyRootfs(true).withSecurityOpts(security);
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
        if (!arguments.isEmpty()) {
            container.withCommand(arguments.toArray(new String[0]));
        }
        container.waitingFor(Wait.forLogMessage("listening on .*\\n", 1).withStartupTimeout(DEADLINE));
        container.start();
        return new ServerContainer(container);
    }

    /** What a container said that has ended. */
    record Ended(long exitCode, String output) {}

    /** Runs it to its end. */
    Ended run() {
        container.withCommand(arguments.toArray(new String[0])).withStartupCheckStrategy(new HasEnded());
        container.waitingFor(new NothingMore());
        try {
            container.start();
            return new Ended(container.getCurrentContainerInfo().getState().getExitCodeLong(), container.getLogs());
        } finally {
            container.stop();
        }
    }

    private static final class NothingMore extends AbstractWaitStrategy {

        @Override
        protected void waitUntilReady() {}
    }

    /** With whatever exit code. */
    private static final class HasEnded extends StartupCheckStrategy {

        @Override
        public StartupStatus checkStartupState(DockerClient client, String id) {
            return DockerStatus.isContainerStopped(getCurrentState(client, id)) ? SUCCESSFUL : NOT_YET_KNOWN;
        }
    }
}
