/**
 * Serves files over HTTP/1.1: what to answer is decided by pure functions over the request and one
 * {@code fstat} ({@link dev.aio.netty.http.ResponsePlanner}), and a thin handler carries it out.
 *
 * <p>Nothing but that handler touches a channel, a file or a clock: time is passed in, so every
 * rule of RFC 9110 is tested as a table. May depend on {@code dev.aio.netty.stream} and below.
 */
@NullMarked
package dev.aio.netty.http;

import org.jspecify.annotations.NullMarked;
