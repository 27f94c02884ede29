package dev.aio.bench.fill;

/**
 * What one pass over some files came to.
 *
 * @param waitedTicks of the owner, see {@link OwnerThread#waitedTicks()}
 * @param helperWaitedTicks the same of the thread that fills
 * @param notices windows whose fill was told by a direct read
 * @param resident of these, those that were resident then
 * @param reads that reached the disk; 0 if they were not counted
 */
record Pass(
        long bytes,
        long nanos,
        long ownerNanos,
        long helperNanos,
        long waitedTicks,
        long helperWaitedTicks,
        long notices,
        long resident,
        long reads) {

    private static final double MIB = 1 << 20;

    Pass withReads(long counted) {
        return new Pass(
                bytes, nanos, ownerNanos, helperNanos, waitedTicks, helperWaitedTicks, notices, resident, counted);
    }

    /**
     * For another process: microseconds of the owner's CPU a MiB, the same of others, MB/s, per cent resident of those
     * noticed (100 if none was), ticks waited by the owner and by others, reads a MiB.
     */
    @Override
    public String toString() {
        double mebibytes = bytes / MIB;
        double residentShare = notices == 0 ? 100 : 100.0 * resident / notices;
        return ownerNanos / 1e3 / mebibytes + " " + helperNanos / 1e3 / mebibytes + " " + bytes * 1e3 / nanos + " "
                + residentShare + " " + waitedTicks + " " + helperWaitedTicks + " " + reads / mebibytes;
    }
}
