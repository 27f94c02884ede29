package dev.aio.core;

import dev.aio.core.AioCapabilities.Answer;
import dev.aio.core.internal.Errno;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import dev.aio.core.internal.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Tries out what this kernel and the file system of a path can do for this process. Waits for the
 * disk, takes tens of milliseconds.
 */
public final class AioProbe {

    private static final long BENEATH = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS;
    private static final int LENGTH = AlignedMemory.PAGE;
    private static final int TRIES = 10;
    private static final Answer UNTRIED = Answer.unknown("no file to try it on");
    private static final Answer NOT_WRITTEN =
            Answer.unknown("nothing is written to a file that the probe did not make");

    private final ProbeSubject subject;
    private final AlignedMemory memory = AlignedMemory.allocate(LENGTH, AlignedMemory.PAGE);
    private final long address = memory.address(0, LENGTH);

    private String fileSystem = "unknown";
    private Answer eventLoop = UNTRIED;
    private Answer direct = UNTRIED;
    private int directOffsetAlignment;
    private int directMemoryAlignment;
    private boolean alignmentFromKernel;
    private Answer bufferedNowaitRead = UNTRIED;
    private Answer directNowaitRead = UNTRIED;
    private Answer bufferedNowaitWrite = UNTRIED;
    private Answer directNowaitOverwrite = UNTRIED;
    private Answer openat2 = UNTRIED;
    private Answer resolveCached = UNTRIED;
    private Answer cachestat = UNTRIED;
    private Map<String, Answer> operations = Map.of();

    private AioProbe(ProbeSubject subject) {
        this.subject = subject;
    }

    /**
     * @param path a directory, in which a temporary file is made for the time of the trials, or a
     *     file, which is only read, so that nothing is learned about writes
     * @throws IOException if the path does not exist, may not be read, or is neither
     */
    public static AioCapabilities probe(Path path) throws IOException {
        try (ProbeSubject subject = ProbeSubject.choose(path)) {
            AioProbe probe = new AioProbe(subject);
            if (Aio.isNativeLibraryLoaded()) {
                probe.tryFileSystem(path.toRealPath());
                if (subject.file != null) {
                    probe.tryFile();
                }
            }
            return probe.result(path);
        }
    }

    private AioCapabilities result(Path path) {
        return new AioCapabilities(
                path,
                subject.description,
                kernelRelease(),
                fileSystem,
                eventLoop,
                aio(),
                userSpaceReaping(),
                direct,
                directOffsetAlignment,
                directMemoryAlignment,
                alignmentFromKernel,
                bufferedNowaitRead,
                directNowaitRead,
                bufferedNowaitWrite,
                directNowaitOverwrite,
                operations,
                openat2,
                resolveCached,
                cachestat,
                Aio.aioNr(),
                Aio.aioMaxNr());
    }

    private void tryFileSystem(Path real) throws AioException {
        Scratch scratch = Scratch.get();
        int fd = openPath(real, 0);
        int result = Native.fstatfs(fd, scratch.out());
        Native.close(fd);
        if (result < 0) {
            throw AioException.of(result, "fstatfs", real.toString());
        }
        long magic = scratch.outLong(0);
        FileSystemType type = FileSystemType.of(magic);
        fileSystem = type.label() + (type == FileSystemType.OTHER ? String.format(" (0x%x)", magic) : "");
        eventLoop = type.isLoopSafe()
                ? Answer.yes("known not to wait in cached opens and NOWAIT reads")
                : Answer.no("not on the list of local file systems: everything goes through the lane");
    }

    private void tryFile() throws IOException {
        int access = subject.ownFile ? Linux.O_RDWR : Linux.O_RDONLY;
        int bufferedFd = open(access);
        if (bufferedFd < 0) {
            throw AioException.of(bufferedFd, "open", subject.file.toString());
        }
        int directFd = open(access | Linux.O_DIRECT);
        try {
            tryDirect(directFd, FileStat.query(bufferedFd, subject.file.toString(), 0));
            bufferedNowaitRead = bufferedNowaitRead(bufferedFd);
            // Last: it leaves a dirty page, which direct operations decline.
            bufferedNowaitWrite = subject.ownFile ? bufferedNowaitWrite(bufferedFd) : NOT_WRITTEN;
            cachestat = cachestat(bufferedFd);
            operations = OperationProbe.run(bufferedFd, address, LENGTH, subject.ownFile);
        } finally {
            Native.close(bufferedFd);
            if (directFd >= 0) {
                Native.close(directFd);
            }
        }
        openat2 = resolution(0);
        resolveCached = resolution(Linux.RESOLVE_CACHED);
    }

    private void tryDirect(int fd, FileStat stat) {
        direct = direct(fd);
        if (direct.isYes()) {
            alignmentFromKernel = stat.directOffsetAlignment() > 0;
            directOffsetAlignment = alignmentFromKernel ? stat.directOffsetAlignment() : AlignedMemory.PAGE;
            directMemoryAlignment = alignmentFromKernel ? stat.directMemoryAlignment() : AlignedMemory.PAGE;
        }
        directNowaitRead = directNowait(Linux.IOCB_CMD_PREAD, fd);
        directNowaitOverwrite = subject.ownFile ? directNowait(Linux.IOCB_CMD_PWRITE, fd) : NOT_WRITTEN;
    }

    private static Answer aio() {
        Throwable cause = Aio.unavailabilityCause();
        return cause == null ? Answer.yes("") : Answer.no(cause.getMessage());
    }

    private static Answer userSpaceReaping() {
        if (!Aio.isAvailable()) {
            return Answer.unknown("AIO is not available");
        }
        try (AioContext context =
                AioContext.builder().engine(AioEngine.AIO).depth(1).open()) {
            return context.reapsInUserSpace()
                    ? Answer.yes("the mapped ring has the known layout")
                    : Answer.no("the mapped ring has another layout: io_getevents is used");
        } catch (IOException e) {
            return Answer.unknown(e.getMessage());
        }
    }

    private Answer direct(int fd) {
        if (fd < 0) {
            return Answer.no("open answers " + Errno.name(-fd));
        }
        int read = Native.pread(fd, address, LENGTH, 0);
        return read >= 0 ? Answer.yes("") : Answer.no("a read answers " + Errno.name(-read));
    }

    private Answer directNowait(short opcode, int fd) {
        if (fd < 0 || !Aio.isAvailable()) {
            return Answer.unknown(fd < 0 ? "O_DIRECT is not supported" : "AIO is not available");
        }
        int result = -Linux.EAGAIN;
        try (SingleOperation operation = SingleOperation.open()) {
            for (int i = 0; i < TRIES && result == -Linux.EAGAIN; i++) {
                // A write brings mtime up to date, which a NOWAIT write in the same clock tick then
                // need not do: it declines if it would have to (fs/inode.c, file_modified_flags).
                operation.run(opcode, fd, address, LENGTH, 0, 0);
                result = operation.run(opcode, fd, address, LENGTH, 0, Linux.RWF_NOWAIT);
            }
        } catch (IOException e) {
            return Answer.unknown(e.getMessage());
        }
        return nowait(result);
    }

    private Answer bufferedNowaitRead(int fd) {
        Native.pread(fd, address, LENGTH, 0); // resident from here on
        return nowait(Native.preadv2(fd, address, LENGTH, 0, Linux.RWF_NOWAIT));
    }

    private Answer bufferedNowaitWrite(int fd) {
        return nowait(Native.pwritev2(fd, address, LENGTH, 0, Linux.RWF_NOWAIT));
    }

    private static Answer nowait(int result) {
        if (result >= 0) {
            return Answer.yes("");
        }
        return result == -Linux.EAGAIN
                ? Answer.unknown("accepted, but declined at this moment (EAGAIN)")
                : Answer.no("answers " + Errno.name(-result));
    }

    private Answer resolution(long cached) throws AioException {
        int directory = openPath(subject.file.getParent(), Linux.O_DIRECTORY);
        try {
            long name = Scratch.get().path(subject.file.getFileName().toString());
            int found = Native.openat2(directory, name, Linux.O_PATH, 0, BENEATH | cached);
            switch (found) {
                case -Linux.ENOSYS:
                    return Answer.no("missing: it came with Linux 5.6, or a sandbox hides it");
                case -Linux.EPERM:
                    return Answer.no("forbidden (EPERM): a seccomp profile does not allow openat2");
                case -Linux.EAGAIN:
                    return Answer.no("declined (EAGAIN) for a name that was just resolved");
                case -Linux.EINVAL:
                    return Answer.no("missing: RESOLVE_CACHED came with Linux 5.12");
                default:
                    if (found < 0) {
                        return Answer.no("answers " + Errno.name(-found));
                    }
                    Native.close(found);
                    return Answer.yes("");
            }
        } finally {
            Native.close(directory);
        }
    }

    private Answer cachestat(int fd) {
        int result = Native.cachestat(fd, 0, LENGTH, Scratch.get().out());
        switch (result) {
            case 0:
                return Answer.yes(subject.ownFile ? "for files that this user owns or may write" : "");
            case -Linux.ENOSYS:
                return Answer.no("missing: it came with Linux 6.5, or a sandbox hides it");
            case -Linux.EPERM:
                return Answer.no(
                        "denied (EPERM): " + (subject.ownFile ? "by a seccomp profile" : "not the owner of the file"));
            default:
                return Answer.no("answers " + Errno.name(-result));
        }
    }

    private int open(int flags) {
        long name = Scratch.get().path(subject.file.toString());
        return Native.openat(Linux.AT_FDCWD, name, flags | Linux.O_NONBLOCK, 0);
    }

    private static int openPath(Path path, int flags) throws AioException {
        long name = Scratch.get().path(path.toString());
        int fd = Native.openat(Linux.AT_FDCWD, name, Linux.O_PATH | flags, 0);
        if (fd < 0) {
            throw AioException.of(fd, "open", path.toString());
        }
        return fd;
    }

    private static String kernelRelease() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/osrelease")).trim();
        } catch (IOException e) {
            return System.getProperty("os.version", "unknown");
        }
    }
}
