package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheRulesTest {

    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private static final CacheRules RULES = new CacheRules(List.of(
            CacheRules.Rule.of("assets/**", FOR_EVER),
            CacheRules.Rule.of("*.html", "no-cache"),
            CacheRules.Rule.of("only/*", "IMMUTABLE"),
            CacheRules.Rule.of("**", "max-age=60")));

    @ParameterizedTest(name = "RFC 9111 5.2: {0} has {1}")
    @CsvSource({
        "index.html, no-cache",
        "a/b/index.html, no-cache",
        "assets/app.3f2a91bc.js, 'public, max-age=31536000, immutable'",
        "assets/deep/app.3f2a91bc.js, 'public, max-age=31536000, immutable'",
        "assets/app.js, 'public, max-age=31536000'",
        "assets/app.html, 'public, max-age=31536000'",
        "app.js, max-age=60",
        "only/app.3f2a91bc.js, IMMUTABLE",
        "only/app.js, ",
    })
    void theFirstPatternDecides(String path, String value) {
        assertThat(RULES.valueFor(path)).isEqualTo(value);
    }

    @Test
    void noRuleNoField_rfc9111_4_2_2() {
        assertThat(new CacheRules(List.of()).valueFor("a")).isNull();
        assertThat(new CacheRules(List.of(CacheRules.Rule.of("*.css", "no-cache"))).valueFor("a.js"))
                .isNull();
    }

    @ParameterizedTest(name = "RFC 9110 5.5: {0} cannot stand in a field")
    @ValueSource(strings = {"no-cache\r\nX: y", "no-cache\u00e9", "a\u0000b"})
    void aValueCannotForgeAField(String value) {
        assertThatThrownBy(() -> CacheRules.Rule.of("**", value)).isInstanceOf(IllegalArgumentException.class);
    }
}
