package dev.aio.netty.server;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one command can be told: options, {@code --name VALUE} or {@code --name=VALUE}, and at most one argument.
 *
 * <p>Plain code and no library with annotations: reading a command line by reflection took half of the time that the
 * server needed to start.
 */
final class CommandOptions {

    static final List<String> HELP = List.of("-h", "--help");
    static final List<String> VERSION = List.of("-V", "--version");

    /** What the user wants. */
    enum Wish {
        RUN,
        HELP,
        VERSION
    }

    private final String name;
    private final String summary;
    private final Map<String, Option<?>> options = new LinkedHashMap<>();
    private @Nullable Option<?> argument;

    /**
     * @param name with the program's, as it is written
     * @param summary one sentence
     */
    CommandOptions(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    /** An argument; one that has no default must be given. */
    Option<Path> pathArgument(String label, @Nullable String byDefault, String description) {
        Option<Path> made =
                new Option<>(label, label, byDefault, description, false, (text, earlier) -> readPath(text));
        argument = made;
        return made;
    }

    Option<Boolean> flag(String option, String description) {
        return add(new Option<>(option, "", null, description, false, (text, earlier) -> true));
    }

    Option<String> text(String option, String label, @Nullable String byDefault, String description) {
        return add(new Option<>(option, label, byDefault, description, false, (text, earlier) -> text));
    }

    Option<Path> path(String option, String label, String description) {
        return add(new Option<>(option, label, null, description, false, (text, earlier) -> readPath(text)));
    }

    Option<Integer> number(String option, String label, @Nullable String byDefault, String description) {
        return add(new Option<>(option, label, byDefault, description, false, (text, earlier) -> readInt(text)));
    }

    Option<Long> bytes(String option, String byDefault, String description) {
        return add(new Option<>(option, "BYTES", byDefault, description, false, (text, earlier) -> readLong(text)));
    }

    /** One of the constants, however the user writes it. */
    <E extends Enum<E>> Option<E> choice(
            String option, String label, Class<E> type, String byDefault, String description) {
        return add(new Option<>(
                option, label, byDefault, description, false, (text, earlier) -> readConstant(type, text)));
    }

    /** Values with commas between them. */
    Option<List<String>> list(String option, String label, String byDefault, String description) {
        return add(new Option<>(
                option,
                label + "[," + label + "...]",
                byDefault,
                description,
                true,
                (text, earlier) -> joined(earlier, List.of(text.split(",")))));
    }

    /** As many values as there are options. */
    Option<List<String>> repeated(String option, String label, String description) {
        return add(new Option<>(
                option, label, null, description, true, (text, earlier) -> joined(earlier, List.of(text))));
    }

    /** Likewise, {@code KEY=VALUE} each; a key that comes again replaces its earlier value. */
    <V> Option<Map<String, V>> map(String option, String label, Function<String, V> value, String description) {
        return add(new Option<>(option, label, null, description, true, (text, earlier) -> {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(label);
            }
            Map<String, V> map = earlier != null ? earlier : new LinkedHashMap<>();
            map.put(text.substring(0, equals), value.apply(text.substring(equals + 1)));
            return map;
        }));
    }

    private <T> Option<T> add(Option<T> option) {
        options.put(option.name(), option);
        return option;
    }

    private static List<String> joined(@Nullable List<String> earlier, List<String> more) {
        List<String> all = earlier != null ? earlier : new ArrayList<>();
        all.addAll(more);
        return all;
    }

    static Path readPath(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("a path: " + e.getReason(), e);
        }
    }

    private static int readInt(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number below 2147483648", e);
        }
    }

    private static long readLong(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number", e);
        }
    }

    private static <E extends Enum<E>> E readConstant(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(String.join(
                ", ",
                Arrays.stream(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .toList()));
    }

    /**
     * Reads what the user has written, up to a wish for help.
     *
     * @throws UsageException if it is not what can be told here
     */
    Wish read(List<String> words) {
        boolean onlyArguments = false; // behind --
        int next = 0;
        while (next < words.size()) {
            String word = words.get(next++);
            if (onlyArguments || !word.startsWith("-") || word.length() == 1) {
                readArgument(word);
            } else if (word.equals("--")) {
                onlyArguments = true;
            } else if (HELP.contains(word)) {
                return Wish.HELP;
            } else if (VERSION.contains(word)) {
                return Wish.VERSION;
            } else {
                next = readOption(word, words, next);
            }
        }
        if (argument != null && argument.byDefault() == null && !argument.isGiven()) {
            throw new UsageException("missing " + argument.name() + " (expected: " + form() + ')');
        }
        return Wish.RUN;
    }

    /** Where the words go on. */
    private int readOption(String word, List<String> words, int next) {
        int equals = word.indexOf('=');
        Option<?> option = options.get(equals < 0 ? word : word.substring(0, equals));
        if (option == null) {
            throw new UsageException("unknown option " + word + " (expected: one that " + name + " --help names)");
        }
        if (option.isFlag() && equals >= 0) {
            throw new UsageException(word + " (expected: " + option.name() + ", without a value)");
        }
        if (option.isFlag() || equals >= 0) {
            option.take(word.substring(equals + 1));
            return next;
        }
        if (next == words.size() || options.containsKey(words.get(next))) {
            throw new UsageException(option.name() + ": without a value (expected: " + option.label() + ')');
        }
        option.take(words.get(next));
        return next + 1;
    }

    private void readArgument(String word) {
        if (argument == null || argument.isGiven()) {
            throw new UsageException("'" + word + "' is one argument too many (expected: " + form() + ')');
        }
        argument.take(word);
    }

    /** How the command is written. */
    String form() {
        String written = name + " [OPTION]...";
        if (argument == null) {
            return written;
        }
        return written + (argument.byDefault() == null ? ' ' + argument.label() : " [" + argument.label() + ']');
    }

    String summary() {
        return summary;
    }

    /** In the order in which they were added. */
    Iterable<Option<?>> options() {
        return options.values();
    }

    @Nullable
    Option<?> argument() {
        return argument;
    }
}
