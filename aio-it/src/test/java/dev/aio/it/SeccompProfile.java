package dev.aio.it;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the kernel answers a container's system calls with. */
final class SeccompProfile {

    /** The engine's own: engines since 25 deny io_uring in it, older ones what is younger than they are. */
    static final SeccompProfile OF_THE_ENGINE = new SeccompProfile("the engine's own", null);

    private final String name;
    private final @Nullable String json;

    private SeccompProfile(String name, @Nullable String json) {
        this.name = name;
        this.json = json;
    }

    /** Allows everything but some calls. */
    static SeccompProfile denying(Errno errno, String... calls) {
        String names = Arrays.stream(calls).map(call -> '"' + call + '"').collect(Collectors.joining(", "));
        String json = """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": [%s], "action": "SCMP_ACT_ERRNO", "errnoRet": %d}]}
                """.formatted(names, errno.number);
        return new SeccompProfile(String.join(", ", calls) + " → " + errno, json);
    }

    /** What profiles say of calls: most refuse them, newer engines say of younger ones that there are none. */
    enum Errno {
        EPERM(1),
        ENOSYS(38);

        private final int number;

        Errno(int number) {
            this.number = number;
        }
    }

    /** As the engine takes it with a container, or {@code null} for its own. */
    @Nullable
    String json() {
        return json;
    }

    @Override
    public String toString() {
        return name;
    }
}
