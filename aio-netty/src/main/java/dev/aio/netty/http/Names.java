package dev.aio.netty.http;

/** Names of files that users of the handler give. */
final class Names {

    private Names() {}

    /**
     * @throws IllegalArgumentException if it is no relative path; whether it stays beneath the root is the kernel's affair
     */
    static String checked(String name) {
        if (name.isEmpty() || name.startsWith("/") || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("file: '" + name + "' (expected: a path beneath the root, such as a/b)");
        }
        return name;
    }
}
