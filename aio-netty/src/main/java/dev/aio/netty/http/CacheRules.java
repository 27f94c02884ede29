package dev.aio.netty.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which file gets which Cache-Control, RFC 9111 5.2: the first pattern that fits decides. */
final class CacheRules {

    private static final String IMMUTABLE = "immutable";

    private final List<Rule> rules;
    private final Fingerprint fingerprint = new Fingerprint();

    CacheRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * @param value what {@link Fingerprint fingerprinted} names get
     * @param otherwise the same without {@code immutable}: under any other name there may be other
     *     content tomorrow, and no reload would show it (RFC 8246 2)
     */
    record Rule(PathGlob paths, String value, @Nullable String otherwise) {

        /**
         * @throws IllegalArgumentException if the value cannot stand in a field
         */
        static Rule of(String pattern, String value) {
            String whole = new HeaderField(FieldNames.CACHE_CONTROL, value.strip()).value();
            String rest = Arrays.stream(whole.split(","))
                    .map(String::strip)
                    .filter(directive -> !directive.toLowerCase(Locale.ROOT).equals(IMMUTABLE))
                    .collect(Collectors.joining(", "));
            return new Rule(PathGlob.of(pattern), whole, rest.isEmpty() ? null : rest);
        }
    }

    /** The value for that path, or null if no rule is for it. */
    @Nullable
    String valueFor(String path) {
        for (Rule rule : rules) {
            if (rule.paths.matches(path)) {
                return fingerprint.isIn(path) ? rule.value : rule.otherwise;
            }
        }
        return null;
    }
}
