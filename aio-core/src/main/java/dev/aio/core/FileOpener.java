package dev.aio.core;

import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Opens what names mean. A name is only resolved ({@code O_PATH}) at first; the inode is opened, through
 * the descriptor held, once it is known to be a file: opening a FIFO would wait, and opening a device
 * may do anything. What is not there is made with {@code O_EXCL}, so that nothing else is opened instead.
 */
final class FileOpener {

    /** How often a name may come and go between looking and making before we give up. */
    private static final int MAX_TRIES = 16;

    private FileOpener() {}

    /** Where a name is looked up. */
    interface Place {
        /** An {@code O_PATH} descriptor, or {@code -errno}. */
        int find(int followFlag) throws AioException;

        /** A new file's descriptor, or {@code -errno}; {@code -EEXIST} if the name is taken. */
        int make(int flags) throws AioException;
    }

    /** The process's working directory and root. */
    private record ByName(String name) implements Place {
        @Override
        public int find(int followFlag) {
            return openat(Linux.O_PATH | followFlag, 0);
        }

        @Override
        public int make(int flags) {
            return openat(flags, DEFAULT_MODE);
        }

        private int openat(int flags, int mode) {
            long address = Scratch.get().path(name);
            return address == 0 ? -Linux.ENAMETOOLONG : Native.openat(Linux.AT_FDCWD, address, flags, mode);
        }
    }

    /** Less what the process's umask takes off. */
    static final int DEFAULT_MODE = 0666;

    static AioFile open(Path path, OpenRequest request, Executor closer) throws AioException {
        return open(new ByName(path.toString()), path.toString(), request, closer);
    }

    static AioFile open(Place place, String path, OpenRequest request, Executor closer) throws AioException {
        Objects.requireNonNull(closer, "closer");
        for (int i = 0; i < MAX_TRIES; i++) {
            int found = request.isCreateNew() ? -Linux.ENOENT : place.find(request.followFlag());
            boolean make = found == -Linux.ENOENT && request.isCreate();
            if (make) {
                found = place.make(request.flags() | Linux.O_CREAT | Linux.O_EXCL | Linux.O_NOFOLLOW);
                if (found == -Linux.EEXIST && !request.isCreateNew()) {
                    continue; // somebody else made it: then that one
                }
            }
            if (found < 0) {
                throw AioException.of(found, "open", path);
            }
            try (AioPath located = AioPath.of(found, path, null)) {
                return open(located, request, closer, make);
            }
        }
        throw AioException.of(
                Linux.EEXIST,
                "open",
                path + " (a symbolic link to a file that is missing: CREATE makes"
                        + " only what the name itself stands for)");
    }

    /** Opens an inode that is held. Does not close {@code located}. */
    static AioFile open(AioPath located, OpenRequest request, Executor closer) throws AioException {
        Objects.requireNonNull(closer, "closer");
        return open(located, request, closer, false);
    }

    private static AioFile open(AioPath located, OpenRequest request, Executor closer, boolean made)
            throws AioException {
        checkKind(located, request);
        boolean disk = located.stat().isBlockDevice();
        long number = disk ? BlockDevice.number(located.fd(), located.path()) : 0;
        DeviceTraits traits = disk ? DeviceTraits.ofBlockDevice(number) : located.traits();
        int flags = request.flags();
        int fd = -Linux.EPERM;
        if ((flags & Linux.O_ACCMODE) != Linux.O_WRONLY) {
            fd = FileDescriptors.reopen(located.fd(), flags | Linux.O_NONBLOCK | Linux.O_NOATIME);
        }
        boolean noatime = fd >= 0;
        if (fd == -Linux.EPERM) { // only the owner may ask for it
            fd = FileDescriptors.reopen(located.fd(), flags | Linux.O_NONBLOCK);
        }
        if (fd == -Linux.EACCES && made) { // the umask denies its maker what making it allowed
            fd = Native.dupfd(located.fd(), 0);
        }
        if (fd < 0) {
            throw AioException.of(fd, "open", located.path());
        }
        Native.fadvise(fd, 0, 0, Linux.POSIX_FADV_RANDOM);
        FileDescriptors descriptors =
                new FileDescriptors(located.path(), fd, -1, flags | (noatime ? Linux.O_NOATIME : 0), closer);
        return finish(descriptors, located.path(), located.stat(), number, traits, request);
    }

    private static void checkKind(AioPath located, OpenRequest request) throws AioException {
        FileStat stat = located.stat();
        if (stat.isRegularFile() || stat.isBlockDevice() && request.takesBlockDevice()) {
            return;
        }
        int error = Linux.EINVAL;
        if (stat.isDirectory()) {
            error = Linux.EISDIR;
        } else if (stat.isSymbolicLink()) {
            error = Linux.ELOOP; // as open(O_NOFOLLOW) has it
        } else if (stat.isStream() && request != OpenRequest.READ) {
            error = Linux.ESPIPE;
        }
        throw AioException.of(error, "open", located.path() + " (not a regular file)");
    }

    private static AioFile finish(
            FileDescriptors descriptors,
            String path,
            FileStat found,
            long deviceNumber,
            DeviceTraits traits,
            OpenRequest request)
            throws AioException {
        try {
            FileStat stat = found;
            if (request.isDirect()) {
                requireDirect(descriptors, path, traits);
            }
            if (request.isTruncate() && stat.isRegularFile()) {
                int result = FileChanges.ftruncate(descriptors.buffered(), 0);
                if (result < 0) {
                    throw AioException.of(result, "truncate", path);
                }
                stat = FileStat.query(descriptors.buffered(), path, 0);
            }
            return new AioFile(descriptors, path, stat, deviceNumber, traits);
        } catch (Throwable t) {
            descriptors.release();
            throw t;
        }
    }

    private static void requireDirect(FileDescriptors descriptors, String path, DeviceTraits traits)
            throws AioException {
        int direct = descriptors.openDirect();
        if (direct == -Linux.EINVAL || direct == -Linux.EOPNOTSUPP) {
            String why = " (file system " + traits.type.label() + " does not support O_DIRECT)";
            throw AioException.of(Linux.EINVAL, "open(O_DIRECT)", path + why);
        }
        if (direct < 0) {
            throw AioException.of(direct, "open(O_DIRECT)", path);
        }
    }

    /** See {@link AioFile#ofDescriptor}. */
    static AioFile ofDescriptor(int given) throws AioException {
        String name = "descriptor " + given;
        int fd = Native.dupfd(given, 0); // first of all: the number may mean something else at any time
        if (fd < 0) {
            throw AioException.of(fd, "dup", name);
        }
        FileDescriptors descriptors = null;
        try {
            FileStat stat = FileStat.query(fd, name, 0);
            int flags = Native.getfl(fd);
            checkDescriptor(stat, flags, name);
            long number = stat.isBlockDevice() ? BlockDevice.number(fd, name) : 0;
            DeviceTraits traits = number != 0 ? DeviceTraits.ofBlockDevice(number) : DeviceTraits.of(stat.device(), fd);
            String path = nameOf(fd, name);
            descriptors = (flags & Linux.O_DIRECT) == 0
                    ? new FileDescriptors(path, fd, -1, flags, Runnable::run)
                    : withBuffered(path, fd, flags);
            return new AioFile(descriptors, path, stat, number, traits);
        } catch (Throwable t) {
            if (descriptors != null) {
                descriptors.release();
            } else {
                Native.close(fd);
            }
            throw t;
        }
    }

    /** The given description is the direct one; a buffered one is opened beside it, if that is allowed. */
    private static FileDescriptors withBuffered(String path, int direct, int flags) {
        int buffered = FileDescriptors.reopen(direct, flags & FileDescriptors.SHARED_FLAGS | Linux.O_NONBLOCK);
        if (buffered >= 0) {
            Native.fadvise(buffered, 0, 0, Linux.POSIX_FADV_RANDOM);
        }
        return new FileDescriptors(path, buffered >= 0 ? buffered : direct, direct, flags, Runnable::run);
    }

    private static void checkDescriptor(FileStat stat, int flags, String name) throws AioException {
        if ((flags & Linux.O_PATH) != 0) {
            throw AioException.of(Linux.EBADF, "open", name + " (opened with O_PATH: it can neither read nor write)");
        }
        if (stat.isRegularFile() || stat.isBlockDevice()) {
            return;
        }
        int error = Linux.EINVAL;
        if (stat.isDirectory()) {
            error = Linux.EISDIR;
        } else if (stat.isStream()) {
            error = Linux.ESPIPE;
        }
        throw AioException.of(error, "open", name + " (expected: a regular file or a block device)");
    }

    /** The name that the kernel has for it, for messages. */
    private static String nameOf(int fd, String otherwise) {
        Scratch scratch = Scratch.get();
        int length = Native.readlinkat(
                Linux.AT_FDCWD, scratch.path("/proc/self/fd/" + fd), scratch.out(), scratch.outSize());
        return length > 0 ? scratch.outString(length) : otherwise;
    }
}
