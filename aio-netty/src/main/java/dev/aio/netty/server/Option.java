package dev.aio.netty.server;

import org.jspecify.annotations.Nullable;

/**
 * One option of a command, or its argument: how it is written, and what the user has written.
 *
 * @param <T> what its text means
 */
final class Option<T> {

    /** Makes something of the text of an option. */
    @FunctionalInterface
    interface Reader<T> {

        /**
         * @param earlier what was made of its earlier occurrences; {@code null} for none
         * @throws IllegalArgumentException if the text means nothing; the message says what is expected
         */
        T read(String text, @Nullable T earlier);
    }

    private final String name;
    private final String label;
    private final @Nullable String byDefault;
    private final String description;
    private final Reader<T> reader;
    private final boolean repeatable;
    private @Nullable T value;

    /**
     * @param name as it is written, {@code --port}; an argument has its label's
     * @param label what its text is called in the help; empty if it has none
     * @param byDefault the text that is read where the user wrote none; {@code null} for none
     */
    Option(
            String name,
            String label,
            @Nullable String byDefault,
            String description,
            boolean repeatable,
            Reader<T> reader) {
        this.name = name;
        this.label = label;
        this.byDefault = byDefault;
        this.description = description;
        this.repeatable = repeatable;
        this.reader = reader;
    }

    String name() {
        return name;
    }

    String label() {
        return label;
    }

    @Nullable
    String byDefault() {
        return byDefault;
    }

    String description() {
        return description;
    }

    boolean isFlag() {
        return label.isEmpty();
    }

    boolean isGiven() {
        return value != null;
    }

    /** What the user wrote, or else the default. For options that have one. */
    T get() {
        T given = value;
        if (given != null) {
            return given;
        }
        if (byDefault == null) {
            throw new IllegalStateException(name + " has no default");
        }
        return reader.read(byDefault, null);
    }

    /** What the user wrote; {@code null} for nothing. */
    @Nullable
    T orNull() {
        return value;
    }

    /** @throws UsageException if the text means nothing, or the option was given before */
    void take(String text) {
        if (value != null && !repeatable) {
            throw new UsageException(name + ": given twice (expected: once)");
        }
        try {
            value = reader.read(text, value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ": " + text + " (expected: " + e.getMessage() + ')', e);
        }
    }
}
