/** Minimal Netty servers to compare with; each runs in a process of its own and knows nothing of this project. */
package dev.aio.bench.peer;
