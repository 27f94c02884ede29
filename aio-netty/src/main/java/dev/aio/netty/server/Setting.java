package dev.aio.netty.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * An option or a parameter of a command, and its value when the command line has been parsed. picocli is told of it by
 * calls: reading annotations by reflection took a quarter of the program's start.
 *
 * @param <T> of the value; may be {@code null} where there is no default
 */
final class Setting<T extends @Nullable Object> {

    private final ArgSpec spec;

    private Setting(ArgSpec spec) {
        this.spec = spec;
    }

    static <T extends @Nullable Object> Option<T> option(Class<T> type, String name, String label) {
        return new Option<>(OptionSpec.builder(name).type(type).paramLabel(label));
    }

    /** An option that has no parameter: whether it was given. */
    static Option<Boolean> flag(String name) {
        return new Option<>(OptionSpec.builder(name).type(boolean.class).initialValue(false));
    }

    /** An option that may be repeated. */
    static Option<List<String>> list(String name, String label) {
        return new Option<>(OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .initialValue(List.of()));
    }

    /** An option whose parameter is KEY=VALUE; may be repeated, the order is kept. */
    static <V> Option<Map<String, V>> map(Class<V> type, String name, String label) {
        return new Option<>(OptionSpec.builder(name)
                .type(Map.class)
                .auxiliaryTypes(String.class, type)
                .paramLabel(label)
                .initialValue(new LinkedHashMap<String, V>()));
    }

    /** The only parameter of its command, which has to be given. */
    static <T> Setting<T> parameter(Class<T> type, String label, String description) {
        return new Setting<>(PositionalParamSpec.builder()
                .index("0")
                .type(type)
                .paramLabel(label)
                .required(true)
                .description(description)
                .build());
    }

    /** The only parameter of its command, which need not be given. */
    static <T> Setting<T> parameter(Class<T> type, String label, String byDefault, String description) {
        return new Setting<>(PositionalParamSpec.builder()
                .index("0")
                .type(type)
                .paramLabel(label)
                .arity("0..1")
                .defaultValue(byDefault)
                .description(description)
                .build());
    }

    /** Adds settings to the command that is to know them. */
    static void addTo(CommandSpec command, Setting<?>... settings) {
        for (Setting<?> setting : settings) {
            command.add(setting.spec);
        }
    }

    /** What the command line says, or the default. Not before it has been parsed. */
    T value() {
        return spec.getValue();
    }

    /** An option that is not described yet. */
    static final class Option<T extends @Nullable Object> {

        private final OptionSpec.Builder builder;

        private Option(OptionSpec.Builder builder) {
            this.builder = builder;
        }

        Option<T> byDefault(String value) {
            builder.defaultValue(value);
            return this;
        }

        /** One parameter may hold several values. */
        Option<T> separatedBy(String separator) {
            builder.splitRegex(separator);
            return this;
        }

        Setting<T> description(String text) {
            return new Setting<>(builder.description(text).build());
        }
    }
}
