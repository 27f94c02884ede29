package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aio.netty.TargetDirectory;
import dev.aio.netty.http.NotFound.Answer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefixes, several roots, and what users may hook in. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmbeddingOptionsTest {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private TestSite site;

    private void start(Consumer<StaticFileHandlerBuilder> options) throws Exception {
        for (String name : new String[] {
            "main/a.txt",
            "main/index.html",
            "main/docs/a.txt",
            "main/404.html",
            "docs/a.txt",
            "docs/index.html",
            "docs/.dot/a.txt",
            "api/a.txt"
        }) {
            TestSite.file(directory, name, name);
        }
        site = new TestSite(directory.resolve("main"), options);
    }

    @AfterEach
    void close() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    private String get(String path, String... fields) throws Exception {
        TestClient.Response response = site.get(path, fields);
        return response.code() + " " + new String(response.body(), StandardCharsets.UTF_8).strip();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "/a.txt, 200 main/a.txt",
        "/, 200 main/index.html",
        "/docs/a.txt, 200 docs/a.txt",
        "/docs/, 200 docs/index.html",
        "/docs/api/a.txt, 200 api/a.txt",
        "/docs//api/./a.txt, 200 api/a.txt",
        "/%64ocs/a.txt, 200 docs/a.txt",
        "/docs/../a.txt, 200 main/a.txt",
        "/docs2/a.txt, 404 404 Not Found",
        "/docs/api, 301 301 Moved Permanently",
        "/docs/404.html, 404 404 Not Found",
        "/docs/.dot/a.txt, 404 404 Not Found",
        "/.pub/a.txt, 200 docs/a.txt",
        "/.pub/.dot/a.txt, 404 404 Not Found",
    })
    void theLongestPrefixDecides(String path, String answer) throws Exception {
        start(options -> options.root("/docs", directory.resolve("docs"))
                .root("/docs/api/", directory.resolve("api"))
                .root("/.pub", directory.resolve("docs")));
        assertThat(get(path)).isEqualTo(answer);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "/static/a.txt, 200 main/a.txt",
        "/static/, 200 main/index.html",
        "/static/docs/a.txt, 200 main/docs/a.txt",
        "/a.txt, 404 404 Not Found",
        "/, 404 404 Not Found",
        "/statica.txt, 404 404 Not Found",
        "/static/../main/a.txt, 404 404 Not Found",
    })
    void aPrefixIsTakenOff(String path, String answer) throws Exception {
        start(options -> options.prefix("/static"));
        assertThat(get(path)).isEqualTo(answer);
    }

    @Test
    void redirectsKeepThePrefix() throws Exception {
        start(options -> options.prefix("/static"));
        assertThat(site.get("/static").field("location")).isEqualTo("/static/");
        assertThat(site.get("/static/docs?q=1").field("location")).isEqualTo("/static/docs/?q=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "static", "/a?b", "/../..", "/a\u0001"})
    void whatIsNoPrefixIsRefused(String prefix) {
        assertThatThrownBy(() -> start(options -> options.prefix(prefix)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a path");
    }

    @Test
    void aPrefixHasOneRoot() {
        assertThatThrownBy(() -> start(options -> options.root("/", directory)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two roots");
        assertThatThrownBy(() -> start(options -> options.root("/x", directory).root("/x/", directory)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no root yet");
    }

    @Test
    void aRootThatIsMissingClosesTheOthers() {
        assertThatThrownBy(() -> start(options -> options.root("/x", directory.resolve("missing"))))
                .hasMessageContaining("missing");
    }

    @Test
    void aResolverChoosesTheFile() throws Exception {
        start(options -> options.resolver((request, name) -> {
            if (request.headers().contains("X-Docs")) {
                return RequestTarget.resolve("docs", name);
            }
            return name.equals("none") ? null : name.equals("nice") ? "a.txt" : name;
        }));
        assertThat(get("/a.txt")).isEqualTo("200 main/a.txt");
        assertThat(get("/nice")).isEqualTo("200 main/a.txt");
        assertThat(get("/a.txt", "X-Docs: 1")).isEqualTo("200 main/docs/a.txt");
        assertThat(get("/none")).isEqualTo("404 404 Not Found");
    }

    @Test
    void aResolverCannotLeaveTheRoot() throws Exception {
        start(options -> options.resolver(
                (request, name) -> name.equals("root") ? "." : request.headers().get("X-Name")));
        Files.createSymbolicLink(directory.resolve("main/out"), Path.of("../docs"));
        assertThat(get("/x", "X-Name: out/a.txt")).startsWith("403 ");
        for (String name :
                new String[] {"/etc/passwd", "../docs/a.txt", "docs/../../docs/a.txt", "docs//a.txt", "./a.txt"}) {
            assertThat(get("/x", "X-Name: " + name)).as(name).startsWith("500 ");
            assertThat(site.uncaught.poll(20, TimeUnit.SECONDS))
                    .hasMessageContaining("expected: a path beneath the root");
        }
        assertThat(get("/root")).startsWith("301 ");
    }

    @Test
    void aResolverDoesNotShowWhatIsHidden() throws Exception {
        start(options -> options.resolver((request, name) -> request.headers().get("Host") + '/' + name));
        TestSite.file(directory, "main/.git/config", "secret");
        TestSite.file(directory, "main/localhost/.well-known/acme", "token");
        try (TestClient client = site.connect()) {
            client.send("GET /config HTTP/1.1\r\nHost: .git\r\n\r\n");
            assertThat(client.response().code()).isEqualTo(404);
        }
        assertThat(get("/.well-known/acme")).isEqualTo("200 token");
    }

    @Test
    void aResolverMayAnswerADirectoryWithAFile() throws Exception {
        start(options ->
                options.resolver((request, name) -> name.equals(".") ? "a.txt" : name.equals("d") ? "docs" : name));
        assertThat(get("/")).isEqualTo("200 main/a.txt");
        assertThat(get("/d/")).isEqualTo("403 403 Forbidden");
        TestSite.file(directory, "main/docs/index.html", "index of docs");
        assertThat(get("/d/")).isEqualTo("200 index of docs");
        assertThat(site.get("/d").field("location")).isEqualTo("/d/");
    }

    @Test
    void aResolverThatThrowsIsAnError() throws Exception {
        start(options -> options.resolver((request, name) -> {
            throw new IllegalStateException("resolver");
        }));
        assertThat(get("/a.txt")).startsWith("500 ");
        assertThat(site.uncaught.poll(20, TimeUnit.SECONDS)).hasMessage("resolver");
    }

    @ParameterizedTest(name = "{0} says so")
    @ValueSource(strings = {"/a.txt", "/missing", "/docs", "/%00"})
    void fieldsAreAddedToEveryAnswer(String path) throws Exception {
        start(options -> options.header("X-Frame-Options", "DENY")
                .headers((request, status, fields) ->
                        fields.add("X-Status", status.codeAsText() + " of " + request.uri())));
        TestClient.Response response = site.get(path);
        assertThat(response.field("x-frame-options")).isEqualTo("DENY");
        assertThat(response.field("x-status")).startsWith(String.valueOf(response.code()));
        TestClient.Response notModified = site.get("/a.txt", "If-None-Match: *");
        assertThat(notModified.code()).isEqualTo(304);
        assertThat(notModified.field("x-frame-options")).isEqualTo("DENY");
        TestClient.Response part = site.get("/a.txt", "Range: bytes=0-0,2-2");
        assertThat(part.code()).isEqualTo(206);
        assertThat(part.field("x-frame-options")).isEqualTo("DENY");
        assertThat(part.field("x-status")).isEqualTo("206 of /a.txt");
    }

    @ParameterizedTest
    @CsvSource({"Content-Length, 1", "ETag, \"x\"", "connection, close", "a b, c", "'', c"})
    void fieldsOfTheHandlerAreItsOwn(String name, String value) {
        assertThatThrownBy(() -> start(options -> options.header(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a ");
    }

    @Test
    void aValueCannotBeginAnotherField() throws Exception {
        start(options -> options.header("X-Frame-Options", "DENY")
                .headers((request, status, fields) ->
                        fields.add("X-Echo", request.headers().get("X-Echo", "") + "\r\nEvil: 1")));
        TestClient.Response response = site.get("/a.txt");
        assertThat(response.code()).isEqualTo(500);
        assertThat(response.field("x-frame-options")).isEqualTo("DENY");
        assertThat(response.field("evil")).isNull();
        assertThat(site.uncaught.poll(20, TimeUnit.SECONDS)).hasMessageContaining("expected: visible ASCII");
    }

    @Test
    void aPageGoesWith404() throws Exception {
        start(options -> options.cacheControl("*.html", "max-age=60")
                .header("X-Always", "1")
                .notFound((request, name) -> Answer.file("404.html", HttpResponseStatus.NOT_FOUND)));
        TestClient.Response response = site.get("/missing", "Range: bytes=0-1", "If-None-Match: *");
        assertThat(response.code()).isEqualTo(404);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("main/404.html");
        assertThat(response.field("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(response.field("x-always")).isEqualTo("1");
        assertThat(response.fields().keySet())
                .doesNotContain("etag", "last-modified", "accept-ranges", "cache-control");
        try (TestClient client = site.connect()) {
            client.send(TestClient.request("HEAD", "/missing"));
            TestClient.Response head = client.response(false);
            assertThat(head.code()).isEqualTo(404);
            assertThat(head.field("content-length")).isEqualTo("13");
        }
    }

    @Test
    void oneFileMayAnswerForAllPaths() throws Exception {
        start(options -> options.notFound((request, name) -> Answer.file("index.html", HttpResponseStatus.OK)));
        TestClient.Response response = site.get("/users/7");
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.field("etag")).isEqualTo(site.get("/").field("etag"));
        assertThat(get("/users/7", "Range: bytes=0-3")).isEqualTo("206 main");
    }

    @Test
    void aPageThatIsNotThereIsNoPage() throws Exception {
        start(options -> options.notFound((request, name) -> Answer.file("nowhere", HttpResponseStatus.GONE)));
        assertThat(get("/missing")).isEqualTo("404 404 Not Found");
    }

    @Test
    void aHookMaySayAnything() throws Exception {
        start(options -> options.notFound((request, name) -> switch (name) {
            case "text" -> Answer.text(HttpResponseStatus.GONE, "text/html; charset=utf-8", "<p>ü</p>");
            case "moved" -> Answer.redirect(HttpResponseStatus.FOUND, "/a.txt");
            case "throws" -> throw new IllegalStateException("hook");
            case "null" -> null;
            default -> Answer.usual();
        }));
        assertThat(get("/text")).isEqualTo("410 <p>ü</p>");
        assertThat(site.get("/text").field("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(site.get("/text").field("content-length")).isEqualTo("9");
        assertThat(site.get("/moved").field("location")).isEqualTo("/a.txt");
        assertThat(get("/other")).isEqualTo("404 404 Not Found");
        assertThat(get("/throws")).startsWith("500 ");
        assertThat(site.uncaught.poll(20, TimeUnit.SECONDS)).hasMessage("hook");
        assertThat(get("/null")).startsWith("500 ");
        assertThat(site.uncaught.poll(20, TimeUnit.SECONDS)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void pagesHaveStatusesOfErrors() {
        assertThatThrownBy(() -> Answer.file("a", HttpResponseStatus.NO_CONTENT))
                .hasMessageContaining("expected: 200, or 400 and above");
        assertThatThrownBy(() -> Answer.text(HttpResponseStatus.FOUND, "text/plain", ""))
                .hasMessageContaining("expected: 200, or 400 and above");
        assertThatThrownBy(() -> Answer.redirect(HttpResponseStatus.OK, "/")).hasMessageContaining("expected: 301");
    }
}
