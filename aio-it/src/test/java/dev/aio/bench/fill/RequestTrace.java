package dev.aio.bench.fill;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which files are asked for, by number, in order: popular ones by Zipf's law, then a scan of others, each once, then
 * popular ones again. The same for the same seed.
 */
final class RequestTrace {

    private final int popular;
    private final int[] requests;
    private final int scanBegin;
    private final int scanEnd;

    private RequestTrace(int popular, int[] requests, int scanBegin, int scanEnd) {
        this.popular = popular;
        this.requests = requests;
        this.scanBegin = scanBegin;
        this.scanEnd = scanEnd;
    }

    /**
     * @param popular files, the most popular being number 0; those of the scan follow them
     * @param exponent of Zipf's law
     * @param before requests before the scan
     * @param scan files of the scan
     * @param after requests after the scan
     */
    static RequestTrace of(int popular, double exponent, int before, int scan, int after, long seed) {
        double[] cumulated = cumulated(popular, exponent);
        SplittableRandom random = new SplittableRandom(seed);
        int[] requests = new int[before + scan + after];
        for (int i = 0; i < requests.length; i++) {
            boolean inScan = i >= before && i < before + scan;
            requests[i] = inScan ? popular + i - before : pick(cumulated, random.nextDouble());
        }
        return new RequestTrace(popular, requests, before, before + scan);
    }

    private static double[] cumulated(int count, double exponent) {
        double[] sums = IntStream.range(0, count)
                .mapToDouble(rank -> Math.pow(rank + 1, -exponent))
                .toArray();
        Arrays.parallelPrefix(sums, Double::sum);
        return sums;
    }

    private static int pick(double[] cumulated, double uniform) {
        int found = Arrays.binarySearch(cumulated, uniform * cumulated[cumulated.length - 1]);
        return found >= 0 ? found + 1 : -found - 1;
    }

    int length() {
        return requests.length;
    }

    int file(int request) {
        return requests[request];
    }

    boolean isScan(int request) {
        return request >= scanBegin && request < scanEnd;
    }

    boolean isBeforeScan(int request) {
        return request < scanBegin;
    }

    /** Whether a file is among the most popular tenth. */
    boolean isHot(int file) {
        return file < popular / 10;
    }
}
