package dev.aio.it;

import com.github.dockerjava.api.DockerClient;
import org.testcontainers.DockerClientFactory;

/** The engine that the tests' containers run in, if there is one. */
final class DockerEngine {

    private DockerEngine() {}

    /** Skips the test where there is none, and says why. */
    static void assume() {
        String reason = unavailable();
        Host.assume(reason == null, reason);
    }

    /** As bin/test found out, or as we see; {@code null} if there is one. */
    private static String unavailable() {
        String reason = System.getenv("AIO_DOCKER_UNAVAILABLE");
        boolean answers = reason == null && DockerClientFactory.instance().isDockerAvailable();
        return answers ? null : "no Docker engine: " + (reason == null ? "none answers" : reason);
    }

    static DockerClient client() {
        return DockerClientFactory.lazyClient();
    }
}
