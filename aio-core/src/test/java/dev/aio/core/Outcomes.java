package dev.aio.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Remembers by token what completed with what result and failure, and what was released. */
final class Outcomes implements AioCompletion {

    private final AioContext context;
    private final int[] completed;
    private final int[] released;
    private final long[] results;
    private final AioException[] failures;

    Outcomes(AioContext context, int tokens) {
        this.context = context;
        completed = new int[tokens];
        released = new int[tokens];
        results = new long[tokens];
        failures = new AioException[tokens];
    }

    @Override
    public void completed(long token, long result) {
        int at = (int) token;
        completed[at]++;
        results[at] = result;
        failures[at] = result < 0 ? context.failure() : null;
    }

    @Override
    public void released(long token) {
        released[(int) token]++;
    }

    boolean isCompleted(int token) {
        return completed[token] > 0;
    }

    boolean isReleased(int token) {
        return released[token] > 0;
    }

    long result(int token) {
        assertThat(completed[token]).as("completions of token %s", token).isEqualTo(1);
        return results[token];
    }

    AioException failure(int token) {
        assertThat(result(token)).as("result of token %s", token).isNegative();
        assertThat(failures[token].errno()).isEqualTo((int) -results[token]);
        return failures[token];
    }

    void assertEachReleasedOnce() {
        assertThat(Arrays.stream(completed)).containsOnly(1);
        assertThat(Arrays.stream(released)).containsOnly(1);
    }
}
