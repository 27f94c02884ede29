package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.netty.TargetDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the builder lets one choose, and what is so without. */
@Timeout(60)
class StaticFileHandlerOptionsTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestSite site;

    @AfterEach
    void close() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    private TestSite serve(Consumer<StaticFileHandlerBuilder> options) throws Exception {
        site = new TestSite(directory, options);
        return site;
    }

    private static String text(TestClient.Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void theFirstIndexThatIsThereIsServed() throws Exception {
        TestSite.file(directory, "second/b.html", "b");
        TestSite.file(directory, "both/a.html", "a");
        TestSite.file(directory, "both/b.html", "b");
        TestSite.file(directory, "none/index.html", "not this one");
        serve(builder -> builder.index("a.html", "b.html"));

        assertThat(text(site.get("/second/"))).isEqualTo("b");
        assertThat(text(site.get("/both/"))).isEqualTo("a");
        assertThat(site.get("/none/").code()).isEqualTo(403);
        assertThat(site.get("/missing/").code()).isEqualTo(404);
    }

    @Test
    void withoutIndexADirectoryIsForbidden() throws Exception {
        TestSite.file(directory, "sub/index.html", "x");
        serve(builder -> builder.index());

        assertThat(site.get("/sub/").code()).isEqualTo(403);
        assertThat(site.get("/").code()).isEqualTo(403);
        assertThat(site.get("/sub/index.html").code()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/etc/passwd"})
    void anIndexIsTheNameOfAFile(String name) {
        assertThatThrownBy(() -> serve(builder -> builder.index("index.html", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("index: '" + name + "' (expected: name of a file)");
    }

    /** RFC 9110 17.11 warns of a Location that is read as another host. */
    @ParameterizedTest(name = "RFC 9110 10.2.2: {0} is sent to {1}")
    @CsvSource({
        "/sub, /sub/",
        "/sub?a=b, /sub/?a=b",
        "/sub?//evil, /sub/?//evil",
        "//sub, /sub/",
        "///sub, /sub/",
        "/./sub, /sub/",
        "/%2e/sub, /sub/",
        "/x/..//sub, /sub/",
        "//evil, /evil/",
        "//evil/., ",
        "/%73ub, /sub/",
        "http://h//sub, /sub/",
        "http://h//evil, /evil/",
        "/sp%20ace, /sp%20ace/",
        "/a%3Fb, /a%3Fb/",
        "/a%3ab, /a:b/",
        "/%C3%A5, /%C3%A5/",
    })
    void aRedirectStaysHere(String path, String location) throws Exception {
        for (String name : new String[] {"sub", "evil", "sp ace", "a?b", "a:b", "\u00e5"}) {
            Files.createDirectories(directory.resolve(name));
        }
        TestClient.Response response = serve(builder -> {}).get(path);

        assertThat(response.field("location")).isEqualTo(location);
        assertThat(response.code()).isEqualTo(location == null ? 403 : 301);
    }

    @ParameterizedTest(name = "RFC 9110 10.2.2: {0} is sent nowhere")
    @ValueSource(
            strings = {
                "/\\evil",
                "/%5cevil",
                "/%5Cevil",
                "/\\/evil",
                "/%2fevil",
                "/%2Fevil",
                "//%5cevil",
                "/%09/evil",
                "/%0d%0aLocation:%20http:%2f%2fevil",
                "/evil%00",
                "/..//evil",
                "/%2e%2e//evil",
                "/https:%2f%2fevil",
            })
    void whatWouldLeadElsewhereIsNoName(String path) throws Exception {
        Files.createDirectories(directory.resolve("evil"));
        TestClient.Response response = serve(builder -> {}).get(path);

        assertThat(response.field("location")).isNull();
        assertThat(response.code()).isIn(400, 404);
    }

    @ParameterizedTest(name = "RFC 9110 8.8.3: {0}")
    @CsvSource({"stat, '\"[0-9a-f]+-2-[0-9a-f]+\"'", "no inode, '\"[0-9a-f]+-2\"'", "own, '\"a.txt/2\"'"})
    void tagsCanBeChosen(String which, String pattern) throws Exception {
        TestSite.file(directory, "a.txt", "hi");
        EntityTags own = (path, file) -> path + '/' + file.size();
        EntityTags tags =
                which.equals("stat") ? EntityTags.FROM_STAT : which.equals("no inode") ? EntityTags.WITHOUT_INODE : own;
        serve(builder -> builder.entityTags(tags));

        String tag = site.get("/a.txt").field("etag");

        assertThat(tag).matches(pattern);
        assertThat(site.get("/a.txt", "If-None-Match: " + tag).code()).isEqualTo(304);
    }

    @Test
    void withoutTagsThereAreDates_rfc9110_15_4_5() throws Exception {
        TestSite.file(directory, "a.txt", "hi");
        serve(builder -> builder.entityTags(EntityTags.NONE));

        TestClient.Response full = site.get("/a.txt");
        TestClient.Response notModified = site.get("/a.txt", "If-Modified-Since: " + full.field("last-modified"));

        assertThat(full.field("etag")).isNull();
        assertThat(notModified.code()).isEqualTo(304);
        assertThat(notModified.field("last-modified")).isEqualTo(full.field("last-modified"));
        assertThat(site.get("/a.txt", "If-Match: \"a\"").code()).isEqualTo(412);
    }

    @Test
    void tagsThatCannotBeMadeAreAnsweredAndReported() throws Exception {
        TestSite.file(directory, "a.txt", "hi");
        TestSite.file(directory, "b.txt", "hi");
        serve(builder -> builder.entityTags((path, file) -> path.equals("a.txt") ? "no\ttag" : "t"));
        try (TestClient client = site.connect()) {
            assertThat(client.get("/a.txt").code()).isEqualTo(500);
            assertThat(client.get("/b.txt").code()).as("the connection goes on").isEqualTo(200);
        }
        assertThat(site.uncaught.take()).hasMessageContaining("entity tag");
    }

    @Test
    void cachingIsSaidByPattern_rfc9111_5_2() throws Exception {
        TestSite.file(directory, "assets/app.3f2a91bc.js", "x");
        TestSite.file(directory, "assets/app.js", "x");
        TestSite.file(directory, "index.html", "x");
        TestSite.file(directory, "a.txt", "x");
        serve(builder ->
                builder.cacheControl("assets/**", "max-age=31536000, immutable").cacheControl("*.html", "no-cache"));

        assertThat(site.get("/assets/app.3f2a91bc.js").field("cache-control")).isEqualTo("max-age=31536000, immutable");
        assertThat(site.get("/assets/app.js").field("cache-control")).isEqualTo("max-age=31536000");
        TestClient.Response page = site.get("/");
        assertThat(page.field("cache-control")).isEqualTo("no-cache");
        assertThat(site.get("/", "If-None-Match: " + page.field("etag")).field("cache-control"))
                .isEqualTo("no-cache");
        assertThat(site.get("/a.txt").field("cache-control")).isNull();
        assertThat(site.get("/missing.html").field("cache-control"))
                .as("errors are no files")
                .isNull();
    }

    @Test
    void typesCanBeGiven_rfc9110_8_3() throws Exception {
        TestSite.file(directory, "a.recipe", "x");
        TestSite.file(directory, "a.TXT", "x");
        serve(builder -> builder.mediaType(".Recipe", "text/x-recipe").mediaType("txt", "text/plain; charset=koi8-r"));

        assertThat(site.get("/a.recipe").field("content-type")).isEqualTo("text/x-recipe; charset=utf-8");
        assertThat(site.get("/a.TXT").field("content-type")).isEqualTo("text/plain; charset=koi8-r");
    }

    @ParameterizedTest
    @CsvSource({"'', text/plain", "a.b, text/plain", "., text/plain", "txt, text", "txt, 'text/plain\r\nX: y'"})
    void typesMustBeTypes(String extension, String type) {
        assertThatThrownBy(() -> serve(builder -> builder.mediaType(extension, type)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: such as ");
    }

    /** What a file is said to be does not depend on what somebody managed to put into it. */
    @Test
    void contentIsNotLookedAt_rfc9110_8_3() throws Exception {
        TestSite.file(directory, "a.png", "<html><script>alert(1)</script>");
        TestSite.file(directory, "nothing", "<html><script>alert(1)</script>");
        serve(builder -> {});

        TestClient.Response image = site.get("/a.png");
        assertThat(image.field("content-type")).isEqualTo("image/png");
        assertThat(image.field("x-content-type-options")).isEqualTo("nosniff");
        assertThat(site.get("/nothing").field("content-type")).isEqualTo("application/octet-stream");
        assertThat(site.get("/missing").field("x-content-type-options")).isEqualTo("nosniff");
    }

    @Test
    void rangesCanBeForbidden_rfc9110_14_3() throws Exception {
        TestSite.file(directory, "a.txt", "0123456789");
        serve(builder -> builder.maxRanges(0));

        TestClient.Response response = site.get("/a.txt", "Range: bytes=0-1");

        assertThat(response.code()).isEqualTo(200);
        assertThat(response.field("accept-ranges")).isEqualTo("none");
    }

    @ParameterizedTest(name = "RFC 9110 9.1: {0} is {1}")
    @CsvSource({"OPTIONS /a.txt, 200", "OPTIONS *, 200", "OPTIONS /missing, 200", "POST /a.txt, 405", "BREW /a.txt, 501"
    })
    void methodsThatNeedNoFile(String line, int status) throws Exception {
        TestSite.file(directory, "a.txt", "x");
        serve(builder -> {});
        try (TestClient client = site.connect()) {
            String[] words = line.split(" ");
            client.send(TestClient.request(words[0], words[1]));
            TestClient.Response response = client.response();

            assertThat(response.code()).isEqualTo(status);
            assertThat(response.field("allow")).isEqualTo(status == 501 ? null : "GET, HEAD, OPTIONS");
            assertThat(client.get("/a.txt").code()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "RFC 9110 13.2.1: {0} of what is not there is 404")
    @ValueSource(strings = {"If-Match: \"foo\"", "If-None-Match: *", "Range: bytes=0-1", "If-Unmodified-Since: x"})
    void conditionsAreOfFilesThatAreThere(String field) throws Exception {
        serve(builder -> {});

        assertThat(site.get("/nx", field).code()).isEqualTo(404);
    }
}
