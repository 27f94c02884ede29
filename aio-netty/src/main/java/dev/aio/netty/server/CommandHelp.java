package dev.aio.netty.server;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What {@code --help} prints of a command. */
final class CommandHelp {

    private static final int WIDTH = 80;
    private static final String INDENT = " ".repeat(8);

    private CommandHelp() {}

    static void print(CommandOptions command, PrintWriter out) {
        Option<?> argument = command.argument();
        out.println("Usage: " + command.form());
        out.println(command.summary());
        out.println();
        if (argument != null) {
            print(argument, argument.label(), out);
        }
        for (Option<?> option : command.options()) {
            print(option, option.isFlag() ? option.name() : option.name() + "=" + option.label(), out);
        }
        printStandard(out);
    }

    static void printStandard(PrintWriter out) {
        out.println("  -h, --help");
        out.println("  -V, --version");
    }

    private static void print(Option<?> option, String form, PrintWriter out) {
        out.println("  " + form);
        String byDefault = option.byDefault() == null ? "" : " Default: " + option.byDefault();
        lines(option.description() + byDefault).forEach(line -> out.println(INDENT + line));
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && INDENT.length() + line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
