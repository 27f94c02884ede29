package dev.aio.netty.http;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of paths beneath a root: {@code *} and <code>?</code> stand for what is in one name,
 * {@code **} for any number of names, <code>{a,b}</code> for either. Without a slash it is that of
 * a name in any directory, as in {@code .gitignore}.
 */
final class PathGlob {

    private final String glob;
    private final Pattern pattern;

    private PathGlob(String glob, Pattern pattern) {
        this.glob = glob;
        this.pattern = pattern;
    }

    /**
     * @throws IllegalArgumentException if a brace is not closed, or the pattern is empty
     */
    static PathGlob of(String glob) {
        String anchored = glob.startsWith("/") ? glob.substring(1) : glob;
        if (anchored.isEmpty()) {
            throw new IllegalArgumentException("pattern: '" + glob + "' (expected: such as *.css or assets/**)");
        }
        String whole = glob.indexOf('/') < 0 ? "**/" + glob : anchored;
        try {
            return new PathGlob(glob, Pattern.compile(regex(whole), Pattern.DOTALL));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("pattern: '" + glob + "' (expected: braces in pairs)", e);
        }
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        boolean inBraces = false;
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '{' && !inBraces) {
                regex.append("(?:");
                inBraces = true;
            } else if (c == '}' && inBraces) {
                regex.append(')');
                inBraces = false;
            } else if (c == ',' && inBraces) {
                regex.append('|');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    /**
     * @param path without a slash before it
     */
    boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    @Override
    public String toString() {
        return glob;
    }
}
