package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Remembers what completed with what result, by token. */
final class Recorder implements AioCompletion {

    private final int[] calls;
    private final int[] results;

    Recorder(int tokens) {
        calls = new int[tokens];
        results = new int[tokens];
    }

    @Override
    public void completed(long token, int result) {
        calls[(int) token]++;
        results[(int) token] = result;
    }

    int result(int token) {
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
