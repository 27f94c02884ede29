package dev.aio.netty.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.Engine;
import dev.aio.netty.LoopKind;
import dev.aio.netty.TestTransport;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileExampleTest {

    @Test
    void shouldSaveAFile(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("greeting");
        try (TestTransport t = TestTransport.of(LoopKind.NIO, Engine.AUTO)) {
            Await.result(FileExample.save(
                    t.transport,
                    t.loop(),
                    path,
                    ByteBufUtil.writeAscii(Unpooled.buffer().alloc(), "hello")));
            assertThat(Files.readString(path)).isEqualTo("hello");
            Await.ended(FileExample.save(
                    t.transport,
                    t.loop(),
                    directory,
                    ByteBufUtil.writeAscii(Unpooled.buffer().alloc(), "hello")));
        }
    }

    @Test
    void shouldStandInTheReadmeAsItIsCompiled() throws Exception {
        Path module = Path.of("").toAbsolutePath();
        String source = Files.readString(module.resolve("src/test/java/dev/aio/netty/example/FileExample.java"));
        String shown = source.substring(
                        source.indexOf("// README: begin") + "// README: begin".length(),
                        source.indexOf("// README: end"))
                .stripIndent()
                .strip();
        assertThat(Files.readString(module.resolve("README.md"))).contains(shown);
    }
}
