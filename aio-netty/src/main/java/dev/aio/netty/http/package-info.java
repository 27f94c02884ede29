/**
 * Serves files over HTTP/1.1 and streams of HTTP/2: what to answer is decided by pure functions over the request and one
 * {@code fstat} ({@link dev.aio.netty.http.ResponsePlanner}), and a thin handler carries it out.
 *
 * <p>Nothing but that handler touches a channel, a file or a clock: time is passed in, so every
 * rule of RFC 9110 is tested as a table. May depend on {@code dev.aio.netty.stream} and below.
 *
 * <p>Of a connection, {@code RequestQueue} owns what has come and has no answer yet (requests, and of their bodies what the
 * next handler might want), {@code HttpConnection} order, flushing and the end, {@code HttpExchange} the one request that
 * is being answered, {@code FileSearch} which file that is, {@code NextHandler} the answers of others. All are confined to
 * the channel's loop.
 */
@NullMarked
package dev.aio.netty.http;

import org.jspecify.annotations.NullMarked;
