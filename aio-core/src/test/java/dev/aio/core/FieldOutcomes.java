package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

/** What became of operations, by token: how often completed and released, with what result. */
final class FieldOutcomes implements AioCompletion {

    private final long[] results;
    private final int[] completions;
    private final int[] releases;
    private int completed;

    FieldOutcomes(int tokens) {
        results = new long[tokens];
        completions = new int[tokens];
        releases = new int[tokens];
    }

    @Override
    public void completed(long token, long result) {
        results[(int) token] = result;
        completions[(int) token]++;
        completed++;
    }

    @Override
    public void released(long token) {
        releases[(int) token]++;
    }

    /** Operations that it waits for. */
    int expected() {
        return results.length;
    }

    int completed() {
        return completed;
    }

    boolean isCompleted(int token) {
        return completions[token] > 0;
    }

    int releases(int token) {
        return releases[token];
    }

    /** Fails unless the operation has completed, once. */
    long result(int token) {
        assertThat(completions[token]).as("completions of token %s", token).isEqualTo(1);
        return results[token];
    }

    void assertEachCompletedOnce() {
        assertThat(completions).as("completions by token").containsOnly(1);
    }

    void assertAllCompletedWith(long result) {
        assertEachCompletedOnce();
        assertThat(results).as("results by token").containsOnly(result);
    }
}
