package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReverseProxyTest {

    @ParameterizedTest
    @EnumSource(
            value = ReverseProxy.class,
            names = {"HAPROXY", "NGINX"})
    void shouldBeConfiguredAsDocumented(ReverseProxy proxy) throws Exception {
        assertThat(Files.readString(Path.of("../aio-netty/README.md")))
                .contains("\n" + proxy.configuration() + "```\n");
    }
}
