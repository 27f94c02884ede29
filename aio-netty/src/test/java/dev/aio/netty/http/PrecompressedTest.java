package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.Rung;
import dev.aio.netty.TargetDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed forms beside their files. What is in them is text here, to be told apart. */
@Timeout(60)
class PrecompressedTest {

    private static final Duration TRUST = Duration.ofMillis(100);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestSite site;

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    private void serve(Consumer<StaticFileHandlerBuilder> options) throws Exception {
        site = new TestSite(directory, options.andThen(builder -> builder.trustFor(TRUST)));
    }

    private void serveAll() throws Exception {
        serve(builder -> builder.precompressed(ContentCoding.values()));
    }

    private Path write(String name) throws Exception {
        return TestSite.file(directory, name, "this is " + name);
    }

    private static String text(TestClient.Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest(name = "RFC 9110 12.5.3: {0} gets {1}")
    @CsvSource({
        "gzip, gzip, .gz",
        "br, br, .br",
        "zstd, zstd, .zst",
        "'gzip, compress, br', br, .br",
        "'gzip, compress, br;q=0.9', gzip, .gz",
        "'gzip;q=0.9,br', br, .br",
        "'gzip, deflate, br, zstd', br, .br",
        "*, br, .br",
        "deflate, , ''",
        "identity, , ''",
        "identity;q=0, , .br",
        "'identity;q=0, *', br, .br",
        "'*;q=0', , ''",
        "gzip;q=0, , ''",
    })
    void theFormThatIsLikedBest(String accepted, String coding, String suffix) throws Exception {
        for (String name : new String[] {"a.css", "a.css.gz", "a.css.br", "a.css.zst"}) {
            write(name);
        }
        serveAll();
        String expected = accepted.equals("identity;q=0") ? "a.css" : "a.css" + suffix;

        TestClient.Response response = site.get("/a.css", "Accept-Encoding: " + accepted);

        assertThat(response.code()).isEqualTo(200);
        assertThat(text(response)).isEqualTo("this is " + expected);
        assertThat(response.field("content-encoding")).isEqualTo(coding);
        assertThat(response.field("content-type")).isEqualTo("text/css; charset=utf-8");
        assertThat(response.field("vary")).isEqualTo("Accept-Encoding");
    }

    @Test
    void thePlainFileVariesAsWell_rfc9110_12_5_5() throws Exception {
        write("a.css");
        serveAll();

        TestClient.Response plain = site.get("/a.css");
        TestClient.Response notModified = site.get("/a.css", "If-None-Match: " + plain.field("etag"));

        assertThat(plain.field("vary")).isEqualTo("Accept-Encoding");
        assertThat(plain.field("content-encoding")).isNull();
        assertThat(notModified.code()).isEqualTo(304);
        assertThat(notModified.field("vary")).isEqualTo("Accept-Encoding");
    }

    @Test
    void eachFormHasATagOfItsOwn_rfc9110_8_8_3_3() throws Exception {
        write("a.css");
        write("a.css.gz");
        serveAll();

        String plain = site.get("/a.css").field("etag");
        String coded = site.get("/a.css", "Accept-Encoding: gzip").field("etag");
        String itself = site.get("/a.css.gz").field("etag");

        assertThat(coded).isNotEqualTo(plain).endsWith("-gzip\"");
        assertThat(itself).isNotEqualTo(plain).isNotEqualTo(coded);
        TestClient.Response notModified = site.get("/a.css", "Accept-Encoding: gzip", "If-None-Match: " + coded);
        assertThat(notModified.code()).isEqualTo(304);
        assertThat(notModified.field("etag")).isEqualTo(coded);
        assertThat(notModified.field("vary")).isEqualTo("Accept-Encoding");
        assertThat(site.get("/a.css", "Accept-Encoding: gzip", "If-None-Match: " + plain)
                        .code())
                .isEqualTo(200);
    }

    @Test
    void rangesAreOfTheChosenForm_rfc9110_14_2() throws Exception {
        write("a.css");
        write("a.css.gz");
        serveAll();

        TestClient.Response part = site.get("/a.css", "Accept-Encoding: gzip", "Range: bytes=-3");

        assertThat(part.code()).isEqualTo(206);
        assertThat(text(part)).isEqualTo(".gz");
        assertThat(part.field("content-range")).isEqualTo("bytes 13-15/16");
        assertThat(part.field("content-encoding")).isEqualTo("gzip");
        assertThat(part.field("vary")).isEqualTo("Accept-Encoding");
        TestClient.Response several = site.get("/a.css", "Accept-Encoding: gzip", "Range: bytes=0-0,-3");
        assertThat(several.code()).isEqualTo(200);
        assertThat(text(several)).isEqualTo("this is a.css.gz");
    }

    @Test
    void headHasTheFieldsOfGet_rfc9110_9_3_2() throws Exception {
        write("a.css");
        write("a.css.gz");
        serveAll();
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("HEAD", "/a.css", "Accept-Encoding: gzip"));
            TestClient.Response head = client.response(false);

            assertThat(head.field("content-encoding")).isEqualTo("gzip");
            assertThat(head.field("content-length")).isEqualTo("16");
            assertThat(client.get("/a.css").field("content-encoding")).isNull();
        }
    }

    @Test
    void aFormThatIsOlderIsNotUsed() throws Exception {
        write("a.css.gz");
        TestSite.file(directory, "a.css", "newer", TestSite.MODIFIED.plusSeconds(1));
        serveAll();

        TestClient.Response response = site.get("/a.css", "Accept-Encoding: gzip");

        assertThat(text(response)).isEqualTo("newer");
        assertThat(response.field("content-encoding")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "link out of the site", "link to nothing", "fifo"})
    void whatIsNoFileIsNotUsed(String what) throws Exception {
        write("a.css");
        write("a.css.gz");
        Path coded = directory.resolve("a.css.br");
        switch (what) {
            case "directory" -> Files.createDirectory(coded);
            case "fifo" ->
                new ProcessBuilder("mkfifo", coded.toString()).start().waitFor();
            case "link to nothing" -> Files.createSymbolicLink(coded, Path.of("nothing"));
            default -> Files.createSymbolicLink(coded, Path.of("/etc/hostname"));
        }
        serveAll();

        assertThat(text(site.get("/a.css", "Accept-Encoding: br, gzip"))).isEqualTo("this is a.css.gz");
        Files.delete(coded);
    }

    @Test
    void aNameThatIsTooLongToBeAppendedToIsServed() throws Exception {
        String name = "a".repeat(251) + ".css";
        write(name);
        serveAll();

        assertThat(site.get('/' + name, "Accept-Encoding: gzip").code()).isEqualTo(200);
    }

    @Test
    void whatIsCompressedAlreadyVariesInNothing() throws Exception {
        write("a.png");
        write("a.png.gz");
        serveAll();

        TestClient.Response response = site.get("/a.png", "Accept-Encoding: gzip");

        assertThat(text(response)).isEqualTo("this is a.png");
        assertThat(response.field("vary")).isNull();
    }

    @Test
    void aFormByItsOwnNameIsAFileLikeAnyOther_rfc9110_8_4() throws Exception {
        write("a.css");
        write("a.css.gz");
        serveAll();

        assertThat(site.get("/a.css", "Accept-Encoding: gzip").field("content-encoding"))
                .isEqualTo("gzip");
        TestClient.Response response = site.get("/a.css.gz", "Accept-Encoding: gzip");
        assertThat(response.field("content-encoding")).isNull();
        assertThat(response.field("content-type")).isEqualTo("application/gzip");
        assertThat(site.get("/a.css", "Accept-Encoding: gzip").field("content-type"))
                .isEqualTo("text/css; charset=utf-8");
    }

    @Test
    void aFormWithoutItsFileIsNotServed() throws Exception {
        write("a.css.gz");
        serveAll();

        assertThat(site.get("/a.css", "Accept-Encoding: gzip").code()).isEqualTo(404);
    }

    @Test
    void theIndexOfADirectoryHasFormsToo() throws Exception {
        write("sub/index.html");
        write("sub/index.html.br");
        serveAll();

        TestClient.Response response = site.get("/sub/", "Accept-Encoding: br");

        assertThat(text(response)).isEqualTo("this is sub/index.html.br");
        assertThat(response.field("content-type")).isEqualTo("text/html; charset=utf-8");
    }

    @Test
    void aFormIsFoundOnceItIsThereAndMissedOnceItIsGone() throws Exception {
        write("a.css");
        serveAll();
        assertThat(text(site.get("/a.css", "Accept-Encoding: gzip"))).isEqualTo("this is a.css");

        Path coded = write("a.css.gz");
        Await.until(
                "found", () -> text(site.get("/a.css", "Accept-Encoding: gzip")).equals("this is a.css.gz"));
        Files.delete(coded);
        Await.until(
                "missed",
                () -> text(site.get("/a.css", "Accept-Encoding: gzip")).equals("this is a.css"));
    }

    @Test
    void withoutTheOptionNothingIsLookedFor() throws Exception {
        write("a.css");
        write("a.css.gz");
        serve(builder -> builder.trustFor(Duration.ofMinutes(1)));

        TestClient.Response response = site.get("/a.css", "Accept-Encoding: gzip");

        assertThat(text(response)).isEqualTo("this is a.css");
        assertThat(response.field("vary")).isNull();
        assertThat(opens()).isEqualTo(1);
    }

    @Test
    void withoutTheFieldNothingIsLookedFor() throws Exception {
        write("a.css");
        write("a.css.gz");
        serveAll();

        assertThat(text(site.get("/a.css"))).isEqualTo("this is a.css");
        assertThat(opens()).isEqualTo(1);
    }

    private long opens() {
        return site.t.count(Rung.OPEN_CACHED) + site.t.count(Rung.OPEN_LANE);
    }
}
