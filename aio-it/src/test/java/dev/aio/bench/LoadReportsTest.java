package dev.aio.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the programs that make the load print. */
class LoadReportsTest {

    @Test
    void shouldReadWrk() throws IOException {
        String report = """
                  Latency Distribution
                     50%  831.00us
                     99%    1.20s
                  102981 requests in 2.01s, 126.11MB read
                Requests/sec:  51234.56
                """;
        assertThat(Wrk.parse(report)).isEqualTo(new Wrk(102_981, 51234.56, 1200));
    }

    @Test
    void shouldReadH2load() throws IOException {
        String report = """
                Cipher: TLS_AES_128_GCM_SHA256
                finished in 1.00s, 2500.10 req/s, 2.4GB/s
                requests: 2500 total, 2500 started, 2500 done, 2500 succeeded, 0 failed, 0 errored, 0 timeout
                """;
        assertThat(H2load.parse(report)).isEqualTo(new H2load(2500.10, "TLS_AES_128_GCM_SHA256"));
    }

    @Test
    void shouldNotTakeFailedRequestsForAnswers() {
        String report = """
                finished in 1.00s, 2500.10 req/s, 2.4GB/s
                requests: 2500 total, 2500 started, 2500 done, 2499 succeeded, 1 failed, 0 errored, 0 timeout
                """;
        assertThatThrownBy(() -> H2load.parse(report))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 failed");
    }

    @Test
    void shouldReadFio() throws IOException {
        assertThat(Fio.parse("note\n3;fio-3.33;bench;0;0;2097152;1000;250;2000;0;0\n"))
                .isEqualTo(new Fio(1_024_000, 250));
        assertThatThrownBy(() -> Fio.parse("3;fio-3.33;bench;0;5;0;0;0;0"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error 5");
    }
}
