package dev.aio.netty.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is known to have been read in two ways, somewhere. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SmugglingTest {

    static Stream<Rule> forms() {
        return SmugglingCorpus.forms();
    }

    static Stream<Rule> oddButRight() {
        return SmugglingCorpus.oddButRight();
    }

    static Stream<Rule> behindARequest() {
        return SmugglingCorpus.behindARequest();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void theFormIsRefused(Rule form) {
        Decoding decoding = Decoding.inEveryWay(form.bytes());
        assertThat(decoding.status()).as("%s", decoding).isEqualTo(form.status());
        assertThat(decoding.requests()).isEmpty();
        assertThat(ReferenceGrammar.requests(form.bytes())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("oddButRight")
    void whatIsOddButRightIsAccepted(Rule form) {
        Decoding decoding = Decoding.inEveryWay(form.bytes());
        assertThat(decoding.refusal()).isNull();
        assertThat(decoding.unfinished()).isNull();
        assertThat(decoding.requests())
                .hasToString(ReferenceGrammar.requests(form.bytes()).toString())
                .isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("behindARequest")
    void whatStandsBehindARequestIsNotPartOfIt(Rule form) {
        Decoding decoding = Decoding.inEveryWay(form.bytes());
        assertThat(decoding.status()).as("%s", decoding).isEqualTo(form.status());
        assertThat(decoding.requests())
                .hasSize(1)
                .hasToString(ReferenceGrammar.requests(form.bytes()).toString());
    }
}
