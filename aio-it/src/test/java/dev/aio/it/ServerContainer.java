package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.containers.GenericContainer;

/**
 * A container of the image that serves. Closing it ends it by SIGTERM and fails unless it has behaved: exit code 0, not
 * killed for its memory, no stack trace.
 */
final class ServerContainer implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on http://[\\d.]+:(\\d+)");

    private final GenericContainer<?> container;
    private final InetSocketAddress address;

    ServerContainer(GenericContainer<?> container) {
        this.container = container;
        try {
            Matcher listening = LISTENING.matcher(container.getLogs());
            assertThat(listening.find()).as(container.getLogs()).isTrue();
            address = new InetSocketAddress("127.0.0.1", Integer.parseInt(listening.group(1)));
        } catch (Throwable t) {
            container.stop();
            throw t;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    String id() {
        return container.getContainerId();
    }

    /** Of its first process, in the host's numbers; skips the test where the engine is on another machine. */
    long pid() {
        long pid = state().getPidLong();
        Host.assume(ProcessHandle.of(pid).isPresent(), "the engine is on another machine");
        return pid;
    }

    /** A field of its first process in {@code /proc/PID/status}. */
    String status(String field) {
        return Host.read("/proc/" + pid() + "/status")
                .lines()
                .filter(line -> line.startsWith(field + ':'))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElse("none");
    }

    /** Of both streams. */
    List<String> logLines() {
        return container.getLogs().lines().toList();
    }

    private ContainerState state() {
        return DockerEngine.client().inspectContainerCmd(id()).exec().getState();
    }

    /** What the engine's health checks have come to: {@code starting}, {@code healthy}, {@code unhealthy}. */
    String health() {
        return state().getHealth().getStatus();
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        DockerEngine.client().killContainerCmd(id()).withSignal("TERM").exec();
    }

    /** SIGKILL; nothing of it is left on return. */
    void kill() {
        DockerEngine.client().killContainerCmd(id()).withSignal("KILL").exec();
        container.stop();
    }

    /** Ends it as an engine does; returns how often each rung of the ladder answered. */
    Map<String, Long> finish() {
        if (Boolean.TRUE.equals(state().getRunning())) {
            terminate();
        }
        await("the end of the container")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !Boolean.TRUE.equals(state().getRunning()));
        ContainerState end = state();
        assertThat(end.getOOMKilled()).as("killed for its memory").isFalse();
        assertThat(end.getExitCodeLong())
                .as("exit code; %s", container.getLogs())
                .isZero();
        assertThat(new Transcript(logLines()).problems()).isEmpty();
        return ServerProcess.servedBy(logLines());
    }

    @Override
    public void close() {
        try {
            finish();
        } finally {
            container.stop();
        }
    }
}
