package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * {@code RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS} without {@code openat2}: one component at a time,
 * never through a symbolic link that the kernel would follow. {@code ..} goes back to the directory
 * that was really passed through, so a rename during the walk cannot lead out of the root.
 */
final class BeneathWalk {

    /** The kernel's own limit on symbolic links in one resolution (include/linux/namei.h). */
    private static final int MAX_LINKS = 40;

    private final int root;
    private final boolean follow;
    private final LinkPolicy policy;
    private final Path rootPath;
    private final List<Integer> passed = new ArrayList<>();
    private final Deque<String> remaining = new ArrayDeque<>();
    private int links;

    private BeneathWalk(int root, boolean follow, LinkPolicy policy, Path rootPath) {
        this.root = root;
        this.follow = follow;
        this.policy = policy;
        this.rootPath = rootPath;
    }

    /**
     * Returns an {@code O_PATH} descriptor, or {@code -errno}. May wait for the disk.
     *
     * @param follow whether a symbolic link in the last place is followed; if not, it is what is found
     * @param policy which links may be followed
     * @param rootPath the name under which the root was opened
     */
    static int resolve(int root, String name, boolean follow, LinkPolicy policy, Path rootPath) {
        BeneathWalk walk = new BeneathWalk(root, follow, policy, rootPath);
        try {
            return walk.run(name);
        } finally {
            walk.passed.forEach(Native::close);
        }
    }

    private int run(String name) {
        if (Scratch.get().path(name) == 0) {
            return -Linux.ENAMETOOLONG; // as a whole too, like a single system call
        }
        if (name.startsWith("/")) {
            return -Linux.EXDEV;
        }
        push(name);
        while (true) {
            String component = remaining.poll();
            if (component == null) {
                return finish();
            }
            boolean dots = component.equals(".") || component.equals("..");
            int error = dots ? requireDirectory() : descend(component);
            if (error == 0 && component.equals("..")) {
                error = ascend();
            }
            if (error < 0) {
                return error;
            }
        }
    }

    private int ascend() {
        if (passed.isEmpty()) {
            return -Linux.EXDEV;
        }
        Native.close(passed.remove(passed.size() - 1));
        return 0;
    }

    private int current() {
        return passed.isEmpty() ? root : passed.get(passed.size() - 1);
    }

    private int descend(String component) {
        long address = Scratch.get().path(component);
        if (address == 0) {
            return -Linux.ENAMETOOLONG;
        }
        int fd = Native.openat(current(), address, Linux.O_PATH | Linux.O_NOFOLLOW, 0);
        if (fd < 0) {
            return fd;
        }
        passed.add(fd);
        try {
            boolean passes = follow || !remaining.isEmpty();
            return passes && FileStat.query(fd, component, 0).isSymbolicLink() ? follow() : 0;
        } catch (AioException e) {
            return -e.errno();
        }
    }

    private int follow() {
        if (++links > MAX_LINKS || policy == LinkPolicy.NONE) {
            return -Linux.ELOOP;
        }
        int link = passed.remove(passed.size() - 1);
        Scratch scratch = Scratch.get();
        int length = Native.readlinkat(link, scratch.path(""), scratch.out(), scratch.outSize());
        Native.close(link);
        if (length < 0) {
            return length;
        }
        String target = scratch.outString(length);
        if (target.startsWith("/")) {
            target = policy == LinkPolicy.ABSOLUTE ? beneathRoot(target) : null;
            if (target == null) {
                return -Linux.EXDEV;
            }
            passed.forEach(Native::close);
            passed.clear();
        }
        push(target);
        return 0;
    }

    /** What follows the root's name in an absolute one; {@code null} if it does not begin with that. */
    private String beneathRoot(String target) {
        Scratch scratch = Scratch.get();
        int length = Native.readlinkat(
                Linux.AT_FDCWD, scratch.path("/proc/self/fd/" + root), scratch.out(), scratch.outSize());
        String rest = length < 0 ? null : after(scratch.outString(length), target);
        return rest != null ? rest : after(rootPath.toAbsolutePath().normalize().toString(), target);
    }

    private static String after(String directory, String target) {
        String prefix = directory.endsWith("/") ? directory : directory + '/';
        if (target.equals(directory)) {
            return ".";
        }
        // Another slash would make the rest absolute; dots in it are walked like all others.
        return target.startsWith(prefix) ? target.substring(prefix.length()).replaceFirst("^/+", "") : null;
    }

    private int requireDirectory() {
        int fd = Native.openat(current(), Scratch.get().path("."), Linux.O_PATH, 0);
        if (fd >= 0) {
            Native.close(fd);
        }
        return Math.min(fd, 0);
    }

    private void push(String name) {
        String[] components = name.split("/", -1);
        for (int i = components.length - 1; i >= 0; i--) {
            if (!components[i].isEmpty()) {
                remaining.push(components[i]);
            } else if (i == components.length - 1 && i > 0) {
                remaining.push("."); // a trailing slash demands a directory
            }
        }
    }

    private int finish() {
        if (passed.isEmpty()) {
            return Native.openat(root, Scratch.get().path("."), Linux.O_PATH, 0);
        }
        return passed.remove(passed.size() - 1);
    }
}
