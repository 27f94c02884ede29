package dev.aio.core;

import java.nio.file.Path;
import java.util.Map;

/**
 * What this kernel and one file system can do for this process, as tried out by {@link AioProbe}.
 *
 * @param path what was asked about
 * @param testedOn which file was tried on, in words
 * @param kernelRelease as {@code uname -r} has it
 * @param fileSystem name of the file system's type
 * @param eventLoop whether an event loop may open and read here; if not, everything goes through the
 *     lane
 * @param aio whether an AIO context can be had
 * @param userSpaceReaping whether completions are read from the mapped ring; if not, by {@code
 *     io_getevents}
 * @param direct whether {@code O_DIRECT} reads work
 * @param directOffsetAlignment of positions and lengths of direct operations, in bytes; 0 without them
 * @param directMemoryAlignment of addresses for direct operations, in bytes; 0 without them
 * @param alignmentFromKernel whether {@code statx} told the alignments; if not, they are assumed
 * @param bufferedNowaitRead {@code preadv2(RWF_NOWAIT)}
 * @param directNowaitRead an AIO read with {@code RWF_NOWAIT} and {@code O_DIRECT}
 * @param bufferedNowaitWrite {@code pwritev2(RWF_NOWAIT)}
 * @param directNowaitOverwrite an AIO write of written blocks with {@code RWF_NOWAIT} and {@code
 *     O_DIRECT}
 * @param operations each further operation and flag of Linux AIO: {@code fsync}, {@code fdsync}, {@code
 *     poll}, {@code rwf_dsync}, {@code rwf_sync}, {@code rwf_append}, {@code rwf_noappend}, {@code
 *     rwf_hipri}, {@code io_priority}; empty if there was no file to try them on
 * @param openat2 confined resolution by the kernel
 * @param resolveCached resolution that does not wait
 * @param cachestat asking for residency without reading
 * @param aioNr {@code fs.aio-nr}, -1 if /proc does not say
 * @param aioMaxNr {@code fs.aio-max-nr}, -1 if /proc does not say
 */
public record AioCapabilities(
        Path path,
        String testedOn,
        String kernelRelease,
        String fileSystem,
        Answer eventLoop,
        Answer aio,
        Answer userSpaceReaping,
        Answer direct,
        int directOffsetAlignment,
        int directMemoryAlignment,
        boolean alignmentFromKernel,
        Answer bufferedNowaitRead,
        Answer directNowaitRead,
        Answer bufferedNowaitWrite,
        Answer directNowaitOverwrite,
        Map<String, Answer> operations,
        Answer openat2,
        Answer resolveCached,
        Answer cachestat,
        long aioNr,
        long aioMaxNr) {

    /** How a trial came out. */
    public enum Outcome {
        /** It works. */
        YES,
        /** It was tried, and refused. */
        NO,
        /** Could not be tried, or the trial proves nothing. */
        UNKNOWN
    }

    /**
     * The outcome of one trial.
     *
     * @param outcome whether it works
     * @param detail why it does not, or what else there is to say; may be empty
     */
    public record Answer(Outcome outcome, String detail) {

        static Answer yes(String detail) {
            return new Answer(Outcome.YES, detail);
        }

        static Answer no(String detail) {
            return new Answer(Outcome.NO, detail);
        }

        static Answer unknown(String detail) {
            return new Answer(Outcome.UNKNOWN, detail);
        }

        /** Whether it works. */
        public boolean isYes() {
            return outcome == Outcome.YES;
        }
    }
}
