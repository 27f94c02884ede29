package dev.aio.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kernels that lack something: what seccomp hides from a process, that process does not have. */
final class Kernel {

    private static Path deny;

    private Kernel() {}

    /**
     * A command under which another sees such a kernel.
     *
     * @param denials as {@code deny.c} takes them: {@code io_setup=ENOSYS}
     */
    static List<String> without(String... denials) {
        List<String> command = new ArrayList<>();
        command.add(deny().toString());
        command.addAll(List.of(denials));
        command.add("--");
        return command;
    }

    private static synchronized Path deny() {
        if (deny == null) {
            Path program = WorkDirectory.lasting("deny");
            String compiler = System.getenv().getOrDefault("CC", "gcc");
            Program.succeed(compiler, "-Wall", "-Wextra", "-Werror", "-o", program.toString(), "src/test/c/deny.c");
            deny = program;
        }
        return deny;
    }
}
