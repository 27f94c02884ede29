package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A modular program that requires {@code dev.aio.netty}, and nothing else of ours. */
@Timeout(120)
class ModulePathTest {

    private static final String MODULE =
            "module user { requires dev.aio.netty; requires io.netty.transport.classes.epoll; }";

    private static final String PROGRAM = String.join(
            "\n",
            "package user;",
            "import dev.aio.netty.AioTransport;",
            "import dev.aio.netty.NettyAioFile;",
            "import io.netty.buffer.ByteBuf;",
            "import io.netty.channel.EventLoopGroup;",
            "import io.netty.channel.MultiThreadIoEventLoopGroup;",
            "import io.netty.channel.epoll.EpollIoHandler;",
            "import java.nio.charset.StandardCharsets;",
            "import java.nio.file.Path;",
            "public class Main {",
            "    public static void main(String[] args) throws Exception {",
            "        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());",
            "        AioTransport transport = AioTransport.of(group);",
            "        NettyAioFile file = transport.open(group.next(), Path.of(args[0])).get();",
            "        ByteBuf bytes = file.read(0, 100).get();",
            "        System.out.println(bytes.toString(StandardCharsets.US_ASCII));",
            "        System.out.println(AioTransport.class.getModule());",
            "        bytes.release();",
            "        file.close();",
            "        transport.close();",
            "        group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).sync();",
            "    }",
            "}");

    @TempDir(factory = WorkDirectory.class)
    Path directory;

    @Test
    void shouldRunFromTheModulePathWithoutAWarning() throws IOException {
        Path source = Files.createDirectories(directory.resolve("src/user"));
        Files.writeString(directory.resolve("src/module-info.java"), MODULE);
        Files.writeString(source.resolve("Main.java"), PROGRAM);
        Path text = Files.writeString(directory.resolve("text"), "modular");
        Path bin = Program.javaHome().resolve("bin");
        String classes = directory.resolve("classes").toString();
        Program.succeed(
                bin.resolve("javac").toString(),
                "-Xlint:all",
                "-Werror",
                "-d",
                classes,
                "--module-path",
                modulePath(),
                directory.resolve("src/module-info.java").toString(),
                source.resolve("Main.java").toString());
        List<String> command = new ArrayList<>(List.of(bin.resolve("java").toString()));
        command.add("--enable-native-access=dev.aio.core,io.netty.common,io.netty.transport.unix.common");
        command.addAll(List.of("--add-modules", "ALL-MODULE-PATH"));
        command.addAll(List.of("--module-path", modulePath() + ':' + classes, "--module", "user/user.Main"));
        command.add(text.toString());
        Program program = Program.start(command);
        program.awaitExit(Duration.ofSeconds(60));
        assertThat(program.stdout()).contains("modular").contains("module dev.aio.netty");
        assertThat(withoutUnsafe(program.stderr())).isEmpty();
        assertThat(program.exitCode()).isZero();
    }

    /** Netty's own use of {@code sun.misc.Unsafe} is warned of by newer JDKs. */
    private static List<String> withoutUnsafe(String stderr) {
        return stderr.lines()
                .filter(line -> !line.contains("sun.misc.Unsafe") && !line.contains("io.netty.util.internal"))
                .filter(line -> !line.isBlank())
                .collect(Collectors.toList());
    }

    /** What a user of the library has, without what is optional. */
    private static String modulePath() {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry ->
                        entry.matches(".*/aio-(core|netty)/target/(classes|aio-(core|netty)-[^/]*(?<!tests)\\.jar)")
                                || entry.matches(".*/aio-(core|netty)-[0-9][^/]*(?<!tests)\\.jar")
                                || entry.matches(
                                        ".*/netty-(common|buffer|resolver|transport|codec-base|codec-http|codec-compression"
                                                + "|handler|transport-native-unix-common|transport-classes-epoll"
                                                + "|transport-native-epoll)-[0-9][^/]*\\.jar"))
                .collect(Collectors.joining(":"));
    }
}
