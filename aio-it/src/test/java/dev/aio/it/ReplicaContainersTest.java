package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Containers of the image, with so long a delay that who asks for health needs no second try. */
@Tag("alone")
@Tag("long")
class ReplicaContainersTest extends ReplicasSuite {

    @Override
    Replica replica(String name, InetSocketAddress address) {
        DockerEngine.assume();
        return new Replica.OfContainer(site, name, address, 5);
    }

    @Override
    void assertAllRestarted(List<Map<String, String>> servers) {
        assertThat(servers)
                .hasSize(3)
                .as("connections that failed, answers that broke off, second tries")
                .allSatisfy(server -> assertThat(server)
                        .containsEntry("econ", "0")
                        .containsEntry("eresp", "0")
                        .containsEntry("wretr", "0")
                        .containsEntry("wredis", "0"));
    }
}
