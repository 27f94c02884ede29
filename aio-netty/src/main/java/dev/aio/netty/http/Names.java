package dev.aio.netty.http;

/** Names of files that users of the handler give. */
final class Names {

    private static final String WELL_KNOWN = ".well-known";

    private Names() {}

    /**
     * @throws IllegalArgumentException if it is no path beneath the root as the handler itself makes them
     */
    static String checked(String name) {
        boolean good = name.indexOf('\0') < 0;
        if (!name.equals(RequestTarget.ROOT)) {
            for (String segment : name.split("/", -1)) {
                good &= !segment.isEmpty() && !segment.equals(".") && !segment.equals("..");
            }
        }
        if (!good) {
            throw new IllegalArgumentException("file: '" + name
                    + "' (expected: a path beneath the root, such as a/b, without . and .. and empty segments)");
        }
        return name;
    }

    /** Whether a segment of it begins with a dot, wherever that comes from; {@code .well-known} is for everybody. */
    static boolean isHidden(String name) {
        for (String segment : name.split("/", -1)) {
            if (segment.startsWith(".") && !segment.equals(WELL_KNOWN) && !name.equals(RequestTarget.ROOT)) {
                return true;
            }
        }
        return false;
    }
}
