package dev.aio.netty.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Commands by name: the program itself, and {@code aio bench}. */
final class CommandGroup {

    private final String name;
    private final String summary;
    private final Map<String, Supplier<Command>> commands = new LinkedHashMap<>();
    private final Map<String, CommandGroup> groups = new LinkedHashMap<>();

    CommandGroup(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    CommandGroup add(String word, Supplier<Command> command) {
        commands.put(word, command);
        return this;
    }

    CommandGroup add(String word, CommandGroup group) {
        groups.put(word, group);
        return this;
    }

    /**
     * Runs the command that the words begin with.
     *
     * @param out where its results go
     * @return the exit code
     * @throws UsageException if there is none, or the rest of the words is wrong
     */
    int run(List<String> words, PrintWriter out) throws IOException, InterruptedException {
        if (words.isEmpty()) {
            throw new UsageException("missing command (expected: " + name + ' ' + names() + ')');
        }
        String word = words.get(0);
        List<String> rest = words.subList(1, words.size());
        Supplier<Command> command = commands.get(word);
        CommandGroup group = groups.get(word);
        if (command != null) {
            return run(command.get(), rest, out);
        } else if (group != null) {
            return group.run(rest, out);
        } else if (CommandOptions.HELP.contains(word)) {
            printHelp(out);
        } else if (CommandOptions.VERSION.contains(word)) {
            out.println(Main.version());
        } else {
            throw new UsageException("unknown command '" + word + "' (expected: " + name + ' ' + names() + ')');
        }
        return 0;
    }

    private static int run(Command command, List<String> words, PrintWriter out)
            throws IOException, InterruptedException {
        switch (command.options().read(words)) {
            case HELP:
                CommandHelp.print(command.options(), out);
                return 0;
            case VERSION:
                out.println(Main.version());
                return 0;
            default:
                return command.run(out);
        }
    }

    private String names() {
        StringBuilder names = new StringBuilder();
        commands.keySet().forEach(word -> names.append(word).append('|'));
        groups.keySet().forEach(word -> names.append(word).append('|'));
        names.setLength(names.length() - 1);
        return names.toString();
    }

    private void printHelp(PrintWriter out) {
        out.println("Usage: " + name + " " + names() + " [OPTION]...");
        out.println(summary);
        out.println();
        commands.forEach((word, command) ->
                out.printf("  %-8s%s%n", word, command.get().options().summary()));
        groups.forEach((word, group) -> out.printf("  %-8s%s%n", word, group.summary));
        CommandHelp.printStandard(out);
    }
}
