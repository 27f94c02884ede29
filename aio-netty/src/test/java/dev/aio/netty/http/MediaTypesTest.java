package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypesTest {

    private static final MediaTypes TYPES = MediaTypes.load();

    @ParameterizedTest(name = "RFC 9110 8.3: {0} is {1}")
    @CsvSource({
        "index.html, text/html; charset=utf-8",
        "a/b/style.css, text/css; charset=utf-8",
        "README.md, text/markdown; charset=utf-8",
        "app.js, text/javascript; charset=utf-8",
        "app.mjs, text/javascript; charset=utf-8",
        "app.min.js, text/javascript; charset=utf-8",
        "app.js.map, application/json",
        "data.json, application/json",
        "feed.xml, application/xml",
        "logo.svg, image/svg+xml",
        "photo.JPG, image/jpeg",
        "Photo.JpEg, image/jpeg",
        "a.png, image/png",
        "a.webp, image/webp",
        "a.avif, image/avif",
        "favicon.ico, image/vnd.microsoft.icon",
        "m.wasm, application/wasm",
        "f.woff2, font/woff2",
        "v.mp4, video/mp4",
        "v.webm, video/webm",
        "v.m3u8, application/vnd.apple.mpegurl",
        "a.mp3, audio/mpeg",
        "a.tar.gz, application/gzip",
        "a.zip, application/zip",
        "a.pdf, application/pdf",
        "a.txt, text/plain; charset=utf-8",
        "a.bin, application/octet-stream",
    })
    void theExtensionDecides(String path, String type) {
        assertThat(TYPES.of(path)).isEqualTo(type);
    }

    @ParameterizedTest(name = "RFC 9110 8.3: {0} is unknown")
    @ValueSource(
            strings = {
                "Makefile",
                "a.unheard-of",
                "a.",
                ".",
                "",
                ".html",
                "a/.html",
                "a.html/b",
                "html",
                "a.html ",
                "a.html~",
            })
    void whatIsUnknownIsBytes(String path) {
        assertThat(TYPES.of(path)).isEqualTo("application/octet-stream");
    }

    @Test
    void theTableIsAsLargeAsItShouldBe() {
        assertThat(TYPES.all()).hasSizeGreaterThan(300);
    }

    @Test
    void everyTypeCanStandInAField() {
        assertThat(TYPES.all()).allSatisfy((extension, type) -> {
            new HeaderField(FieldNames.CONTENT_TYPE, type);
            assertThat(extension).matches("[a-z0-9]+");
            assertThat(type).matches("[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?");
        });
    }

    @Test
    void linesHaveATypeAndItsExtensions() throws IOException {
        MediaTypes types = parse("# comment\n\n  a/b \t x  y\r\na/none\ntext/z z\n");

        assertThat(types.of("f.x")).isEqualTo("a/b");
        assertThat(types.of("f.y")).isEqualTo("a/b");
        assertThat(types.of("f.z")).isEqualTo("text/z; charset=utf-8");
    }

    @Test
    void anExtensionGivenTwiceIsAMistake() {
        assertThatThrownBy(() -> parse("a/b x\na/c x\n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("media type of .x given twice: a/b, a/c");
    }

    private static MediaTypes parse(String text) throws IOException {
        return MediaTypes.parse(new BufferedReader(new StringReader(text)));
    }
}
