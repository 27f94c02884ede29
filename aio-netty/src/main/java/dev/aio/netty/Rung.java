package dev.aio.netty;

/** The ways by which a file is opened and its bytes leave; each is counted. */
public enum Rung {
    /** Name resolved and file opened on the loop, from what the kernel had in memory. */
    OPEN_CACHED,
    /** Name resolved and file opened on the lane. */
    OPEN_LANE,
    /** An open file proved unchanged on the loop. */
    REVALIDATE_CACHED,
    /** An open file had to be looked up on the lane. */
    REVALIDATE_LANE,
    /** Extent map, atime and the {@code O_DIRECT} description were prepared on the lane. */
    PREPARE_LANE,
    /** Resident bytes read by {@code preadv2(RWF_NOWAIT)}. */
    NOWAIT_READ,
    /** A NOWAIT read that found less than it wanted. */
    NOWAIT_DECLINED,
    /** A resident window sent by {@code sendfile}. */
    SENDFILE,
    /** A window that was no longer resident when its turn came. */
    SENDFILE_DECLINED,
    /** A window, or a step of a {@link NettyAioFile}'s read, read by Linux AIO. */
    AIO_READ,
    /** A window read by Linux AIO, but submitted by the lane, since submitting might have waited. */
    AIO_HELPED,
    /** An AIO read that would have waited, or that the file system refused. */
    AIO_DECLINED,
    /** A window, or a step of a {@link NettyAioFile}'s read, read by a blocking read on the lane. */
    LANE_READ,
    /** A step of a {@link NettyAioFile}'s write by Linux AIO. */
    AIO_WRITE,
    /** A step of a {@link NettyAioFile}'s write by a blocking write on the lane. */
    LANE_WRITE,
    /** A part of a file asked for again that was brought into the page cache. */
    FILL_LANE
}
