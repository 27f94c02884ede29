package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {

    @ParameterizedTest(name = "RFC 8246 2: {0} tells its content")
    @ValueSource(
            strings = {
                "app.3f2a91bc.js",
                "static/js/main.3f2a91bc.chunk.js",
                "main.3f2a91bc4d5e6f708192.css",
                "application-0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9.css",
                "index-BQ3Hzq1r.css",
                "vendor~app.3F2A91BC.js",
                "chunk-X7K2QB5C.js",
                "logo.3f2a91bc.svg.map",
                "font-a1B2c3D4e5F6g7H8.woff2",
                "3f2a91bc4d5e6f708192a3b4c5d6e7f8.js",
            })
    void namesWithAHash(String path) {
        assertThat(new Fingerprint().isIn(path)).isTrue();
    }

    @ParameterizedTest(name = "RFC 8246 2: {0} does not")
    @ValueSource(
            strings = {
                "",
                "app.js",
                "3f2a91bc.js", // too short to be all of a name
                "3f2a91bc/app.js",
                "app.3f2a91bc/index.html",
                "photo-20240229.jpg",
                "report.20240229123456.pdf",
                "jquery-3.7.1.min.js",
                "my-document.pdf",
                "the-deadbeef.txt", // no digit
                "a-MyWidget.js",
                "a-Chapter3.html",
                "a-iPhone14.png",
                "a-ISO27001.pdf",
                "a-decade1990.txt",
                "bootstrap5.min.js",
                "app.3f2a91b.js", // seven
                "app.js.3f2a91bc", // an extension
                "a-internationalisation.html",
            })
    void namesWithout(String path) {
        assertThat(new Fingerprint().isIn(path)).isFalse();
    }
}
