package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {

    @ParameterizedTest(name = "{0} fits {1}: {2}")
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "*.css, a.css, true",
                "*.css, a/b.css, true",
                "*.css, a.css/b, false",
                "*.css, acss, false",
                "/*.css, a.css, true",
                "/*.css, a/b.css, false",
                "a/*, a/b, true",
                "a/*, a/b/c, false",
                "a/*, b/a/b, false",
                "/a/*, a/b, true",
                "a/**, a/b/c, true",
                "a/**, a, false",
                "a/**, ab/c, false",
                "**, a/b/c, true",
                "**/b/c, b/c, true",
                "**/b/c, a/a/b/c, true",
                "**/b/c, ab/c, false",
                "a/**/c, a/c, true",
                "a/**/c, a/b/b/c, true",
                "a/**/c, a/bc, false",
                "a?c, abc, true",
                "a?c, ac, false",
                "a/?, a//, false",
                "~*.{css,js}~, a.js, true",
                "~*.{css,js}~, a.jsx, false",
                "~*.{css,m*js}~, a.minjs, true",
                "a.b, aXb, false",
                "(a|b)+[c]^$, (a|b)+[c]^$, true",
                "a}b, a}b, true",
                "~a,b~, ~a,b~, true",
                "*, ~a\nb~, true",
            })
    void whatAPatternFits(String glob, String path, boolean expected) {
        assertThat(PathGlob.of(glob).matches(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "*.{css"})
    void whatIsNoPattern(String glob) {
        assertThatThrownBy(() -> PathGlob.of(glob))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pattern: '" + glob + "' (expected: ");
    }
}
