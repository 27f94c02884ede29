package dev.aio.bench;

import dev.aio.it.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * Who runs where: what is measured on one CPU, whatever loads it on the others.
 *
 * @param server as {@code taskset -c} takes it
 */
record Cpus(String server, String load) {

    private static final String USER = "65534";

    /** The first CPU for the server, the rest for the load; both on one where there is only one. */
    static Cpus choose() {
        int count = Integer.parseInt(Program.succeed("nproc", "--all").strip());
        return new Cpus("0", count == 1 ? "0" : count == 2 ? "1" : "1-" + (count - 1));
    }

    /** A command, run on the server's CPU. */
    List<String> pinned(List<String> command) {
        return on(server, command);
    }

    /** A command, run on the server's CPU as somebody who owns no file here. */
    List<String> served(List<String> command) {
        List<String> whole = new ArrayList<>(
                List.of("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--inh-caps=-all", "--"));
        whole.addAll(command);
        return on(server, whole);
    }

    /** A command, run where the load comes from. */
    List<String> loading(List<String> command) {
        return on(load, command);
    }

    private static List<String> on(String cpus, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("taskset", "-c", cpus));
        whole.addAll(command);
        return whole;
    }
}
