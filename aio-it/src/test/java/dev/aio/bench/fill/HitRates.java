package dev.aio.bench.fill;

/** Counts which requests of a {@link RequestTrace} found their file in the page cache; those of the scan do not count. */
final class HitRates {

    private final RequestTrace trace;
    private final int[] asked;
    private final Boolean[] lastBeforeScan;
    private final Boolean[] firstAfterScan;
    private final Rate all = new Rate();
    private final Rate second = new Rate();

    HitRates(RequestTrace trace, int files) {
        this.trace = trace;
        asked = new int[files];
        lastBeforeScan = new Boolean[files];
        firstAfterScan = new Boolean[files];
    }

    private static final class Rate {
        private int requests;
        private int hits;

        void add(boolean hit) {
            requests++;
            hits += hit ? 1 : 0;
        }

        double percent() {
            return requests == 0 ? 0 : 100.0 * hits / requests;
        }
    }

    void add(int request, boolean hit) {
        if (trace.isScan(request)) {
            return;
        }
        int file = trace.file(request);
        all.add(hit);
        if (++asked[file] == 2) {
            second.add(hit);
        }
        if (trace.isBeforeScan(request)) {
            lastBeforeScan[file] = hit;
        } else if (firstAfterScan[file] == null) {
            firstAfterScan[file] = hit;
        }
    }

    /** Of the hot files, each counts once. */
    private double ofHotFiles(Boolean[] hits) {
        Rate rate = new Rate();
        for (int file = 0; file < hits.length; file++) {
            if (trace.isHot(file) && hits[file] != null) {
                rate.add(hits[file]);
            }
        }
        return rate.percent();
    }

    /**
     * For another process, in per cent: of all requests, of those that were a file's second, of each hot file's last
     * before the scan, and of each hot file's first after it.
     */
    @Override
    public String toString() {
        return all.percent() + " " + second.percent() + " " + ofHotFiles(lastBeforeScan) + " "
                + ofHotFiles(firstAfterScan);
    }
}
