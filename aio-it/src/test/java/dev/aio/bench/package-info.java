/** Benchmarks against what else there is, and of what single steps cost; run by {@code bin/bench}, never as tests. */
package dev.aio.bench;
