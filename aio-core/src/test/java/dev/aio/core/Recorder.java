package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Remembers what completed with what result, by token. */
final class Recorder implements AioCompletion {

    private final int[] calls;
    private final long[] results;

    Recorder(int tokens) {
        calls = new int[tokens];
        results = new long[tokens];
    }

    @Override
    public void completed(long token, long result) {
        calls[(int) token]++;
        results[(int) token] = result;
    }

    long result(int token) {
        assertThat(calls[token]).as("completions of token %s", token).isEqualTo(1);
        return results[token];
    }

    int completed() {
        return Arrays.stream(calls).sum();
    }

    void assertEachCompletedOnce() {
        assertThat(calls).containsOnly(1);
    }

    void assertAllCompletedWith(int result) {
        assertEachCompletedOnce();
        assertThat(results).containsOnly(result);
    }
}
