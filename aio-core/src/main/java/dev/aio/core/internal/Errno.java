package dev.aio.core.internal;

/** Names of the error numbers that file I/O can answer with (asm-generic/errno.h, x86_64 and arm64). */
public final class Errno {

    private static final String[] NAMES = new String[134];

    static {
        String base = "1 EPERM 2 ENOENT 3 ESRCH 4 EINTR 5 EIO 6 ENXIO 7 E2BIG 9 EBADF 11 EAGAIN 12 ENOMEM"
                + " 13 EACCES 14 EFAULT 15 ENOTBLK 16 EBUSY 17 EEXIST 18 EXDEV 19 ENODEV"
                + " 20 ENOTDIR 21 EISDIR 22 EINVAL 23 ENFILE 24 EMFILE 25 ENOTTY 26 ETXTBSY"
                + " 27 EFBIG 28 ENOSPC 29 ESPIPE 30 EROFS 31 EMLINK 32 EPIPE 36 ENAMETOOLONG"
                + " 38 ENOSYS 40 ELOOP 61 ENODATA 62 ETIME 71 EPROTO 74 EBADMSG 75 EOVERFLOW"
                + " 88 ENOTSOCK 95 EOPNOTSUPP 103 ECONNABORTED 104 ECONNRESET 105 ENOBUFS"
                + " 107 ENOTCONN 110 ETIMEDOUT 115 EINPROGRESS 116 ESTALE 117 EUCLEAN"
                + " 121 EREMOTEIO 122 EDQUOT 123 ENOMEDIUM 125 ECANCELED 133 EHWPOISON";
        String[] words = base.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            NAMES[Integer.parseInt(words[i])] = words[i + 1];
        }
    }

    private Errno() {}

    /** The symbolic name, or {@code errno N} for a number not in the table. */
    public static String name(int errno) {
        String name = errno > 0 && errno < NAMES.length ? NAMES[errno] : null;
        return name != null ? name : "errno " + errno;
    }
}
