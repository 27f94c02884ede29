package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StartupSummaryTest {

    private static final DescriptorBudget AMPLE = DescriptorBudget.of(100_000, 2, -1, -1);

    private static List<String> lines(@Nullable String blocking, DescriptorBudget budget) {
        return lines(blocking, budget, null);
    }

    private static List<String> lines(@Nullable String blocking, DescriptorBudget budget, @Nullable String counters) {
        List<String> roots = List.of("/srv/www", "/srv/img under /img");
        return new StartupSummary(blocking, 2, roots, null, budget, counters).lines();
    }

    @Test
    void saysWhatIsServedHowAndHowMuch() {
        assertThat(lines(null, AMPLE))
                .containsExactly(
                        "serving /srv/www, /srv/img under /img",
                        "2 loops, cold files by Linux AIO",
                        "HTTP/1.1 and HTTP/2 without TLS",
                        "at most 10000 connections and 1024 open files of 100000 descriptors (ulimit -n)");
    }

    @Test
    void saysWhyThereIsNoAio() {
        assertThat(lines("seccomp", AMPLE)).contains("2 loops, cold files by blocking threads: seccomp");
    }

    @Test
    void saysWhatTheLimitOfDescriptorsDoes() {
        assertThat(lines(null, DescriptorBudget.of(1_024, 2, -1, -1)).get(3))
                .endsWith("(ulimit -n), which allows no more");
        assertThat(lines(null, DescriptorBudget.of(1_024, 2, 2_000, -1)).get(3)).contains("too few");
        assertThat(lines(null, DescriptorBudget.of(100_000, 2, 0, -1)).get(3))
                .startsWith("at most any number of connections");
        assertThat(lines(null, DescriptorBudget.of(0, 2, 0, -1)).get(3)).doesNotContain("descriptors");
    }

    @Test
    void saysThatTheJvmWritesToADisk() {
        assertThat(lines(null, AMPLE, "/tmp/hsperfdata_www/1").get(4))
                .contains("/tmp/hsperfdata_www/1", "-XX:-UsePerfData");
    }

    @Test
    void namesTheRootInFull() {
        assertThat(StartupSummary.root("/", Path.of("/srv/./www/"))).isEqualTo("/srv/www");
        assertThat(StartupSummary.root("/a", Path.of("/srv"))).isEqualTo("/srv under /a");
    }
}
