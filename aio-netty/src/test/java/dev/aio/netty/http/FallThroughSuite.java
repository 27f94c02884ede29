package dev.aio.netty.http;

import static dev.aio.netty.http.FallThroughTest.MAX_BODY;

import dev.aio.netty.TargetDirectory;
import dev.aio.netty.http.FallThroughTest.Layout;
import dev.aio.netty.http.FallThroughTest.Route;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A site with one file and handlers behind it that answer the rest. */
abstract class FallThroughSuite {

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    TestSite site;

    void start(Layout layout, Consumer<StaticFileHandlerBuilder> more, ChannelHandler... behind) throws Exception {
        TestSite.file(directory, "a.txt", "file");
        site = new TestSite(
                directory, options -> more.accept(options.fallThrough(true)), files -> layout.with(files, behind));
    }

    void startWithRoute(Consumer<StaticFileHandlerBuilder> more) throws Exception {
        start(
                Layout.ENCODER_BEHIND,
                more,
                new HttpServerExpectContinueHandler(),
                new HttpObjectAggregator(MAX_BODY),
                new Route());
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }
}
