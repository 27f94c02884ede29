package dev.aio.core;

import dev.aio.core.AioCapabilities.Answer;
import dev.aio.core.internal.Errno;
import dev.aio.core.internal.Linux;
import dev.aio.core.internal.Native;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tries every operation and flag of Linux AIO that is not a plain transfer, one at a time. */
final class OperationProbe {

    private static final Answer NOT_WRITTEN = Answer.unknown("files of others are not written to");
    private static final Answer NO_AIO = Answer.unknown("AIO is not available");

    private final SingleOperation aio;
    private final int fd;
    private final long address;
    private final int length;
    private final boolean writable;
    private final Map<String, Answer> answers = new LinkedHashMap<>();

    private OperationProbe(SingleOperation aio, int fd, long address, int length, boolean writable) {
        this.aio = aio;
        this.fd = fd;
        this.address = address;
        this.length = length;
        this.writable = writable;
    }

    /**
     * @param fd a buffered description of the file
     * @param address of {@code length} bytes
     * @param writable whether the file may be changed
     * @return by the name of the operation or option, in a fixed order
     */
    static Map<String, Answer> run(int fd, long address, int length, boolean writable) {
        if (!Aio.isAvailable()) {
            Map<String, Answer> none = new LinkedHashMap<>();
            for (String name : NAMES) {
                none.put(name, NO_AIO);
            }
            return Collections.unmodifiableMap(none);
        }
        try (SingleOperation aio = SingleOperation.open()) {
            return new OperationProbe(aio, fd, address, length, writable).all();
        } catch (IOException e) {
            return Map.of("fsync", Answer.unknown(e.getMessage()));
        }
    }

    private static final String[] NAMES = {
        "fsync", "fdsync", "poll", "rwf_dsync", "rwf_sync", "rwf_append", "rwf_noappend", "rwf_hipri", "io_priority"
    };

    private Map<String, Answer> all() {
        answers.put("fsync", answer(aio.run(Linux.IOCB_CMD_FSYNC, fd, 0, 0, 0, 0)));
        answers.put("fdsync", answer(aio.run(Linux.IOCB_CMD_FDSYNC, fd, 0, 0, 0, 0)));
        answers.put("poll", poll());
        answers.put("rwf_dsync", write(Linux.RWF_DSYNC));
        answers.put("rwf_sync", write(Linux.RWF_SYNC));
        answers.put("rwf_append", write(Linux.RWF_APPEND));
        answers.put("rwf_noappend", write(Linux.RWF_NOAPPEND));
        answers.put("rwf_hipri", answer(aio.run(Linux.IOCB_CMD_PREAD, fd, address, length, 0, Linux.RWF_HIPRI)));
        int bestEffort = IoPriority.of(IoPriority.Class.BEST_EFFORT, 4).kernelValue();
        answers.put("io_priority", answer(aio.run(Linux.IOCB_CMD_PREAD, fd, address, length, 0, 0, bestEffort)));
        return Collections.unmodifiableMap(answers);
    }

    private Answer write(int flags) {
        return writable ? answer(aio.run(Linux.IOCB_CMD_PWRITE, fd, address, length, 0, flags)) : NOT_WRITTEN;
    }

    private Answer poll() {
        int ready = Native.eventfd();
        if (ready < 0) {
            return Answer.unknown("no eventfd to try it on: " + Errno.name(-ready));
        }
        try {
            Native.eventfdSignal(ready);
            return answer(aio.run(Linux.IOCB_CMD_POLL, ready, Linux.POLLIN, 0, 0, 0));
        } finally {
            Native.close(ready);
        }
    }

    private static Answer answer(int result) {
        return result >= 0 ? Answer.yes("") : Answer.no("answers " + Errno.name(-result));
    }
}
