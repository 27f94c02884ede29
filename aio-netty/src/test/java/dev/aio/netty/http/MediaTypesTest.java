package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
        "a.txt.br, application/x-brotli",
        "a.txt.zst, application/zstd",
        "TEST.PNG, image/png",
        "org.eclipse.jetty.Logo.png, image/png",
        "org/eclipse.jpg/jetty/Logo.png, image/png",
        "a.docx, application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        // from Debian's table
        "a.odt, application/vnd.oasis.opendocument.text",
        "a.hs, text/x-haskell; charset=utf-8",
        "a.mol, chemical/x-mdl-molfile",
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
        assertThat(TYPES.all()).hasSizeGreaterThan(1_500);
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
    void theTableKnowsWhatOurOwnPartSays() throws IOException {
        Path own = Path.of("src/main/types/own.types");
        Map<String, String> expected;
        try (BufferedReader lines = Files.newBufferedReader(own)) {
            expected = MediaTypes.parse(lines).all();
        }

        assertThat(TYPES.all()).as("run src/main/types/generate.sh").containsAllEntriesOf(expected);
    }

    @Test
    void moreTypesCanBeGiven() {
        MediaTypes types = MediaTypes.load(
                Map.of("recipe", "text/x-recipe", "css", "text/css; charset=iso-8859-1", "bin", "application/x-b"));

        assertThat(types.of("a.recipe")).isEqualTo("text/x-recipe; charset=utf-8");
        assertThat(types.of("a.CSS")).isEqualTo("text/css; charset=iso-8859-1");
        assertThat(types.of("a.bin")).isEqualTo("application/x-b");
        assertThat(types.of("a.html")).isEqualTo("text/html; charset=utf-8");
    }

    @ParameterizedTest(name = "RFC 9110 8.3.1: {0} is a media type: {1}")
    @CsvSource({
        "text/html, true",
        "text/html; charset=utf-8, true",
        "text/html;charset=\"utf-8\", true",
        "application/vnd.a+b.c, true",
        "text, false",
        "text/, false",
        "/html, false",
        "text/html;, false",
        "text/html; charset, false",
        "text/ht ml, false",
        "te/xt/html, false",
        "'text/html\r\nX: y', false",
    })
    void whatAMediaTypeIs(String text, boolean expected) {
        assertThat(MediaTypes.isMediaType(text)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} is worth compressing: {1}")
    @CsvSource({
        "a.html, true",
        "a.css, true",
        "a.js, true",
        "a.json, true",
        "a.svg, true",
        "a.ico, true",
        "a.bmp, true",
        "a.wasm, true",
        "a.ttf, true",
        "a.pdf, true",
        "a.unheard-of, true",
        "a.png, false",
        "a.jpg, false",
        "a.webp, false",
        "a.avif, false",
        "a.mp4, false",
        "a.mp3, false",
        "a.woff, false",
        "a.woff2, false",
        "a.gz, false",
        "a.br, false",
        "a.zst, false",
        "a.zip, false",
        "a.7z, false",
        "a.xz, false",
        "a.jar, false",
    })
    void whatIsWorthCompressing(String name, boolean expected) {
        assertThat(MediaTypes.isCompressible(TYPES.of(name))).isEqualTo(expected);
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
