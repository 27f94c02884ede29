/**
 * The standalone program: command line, sockets, signals. Everything it does with files it does through
 * {@link dev.aio.netty.http.StaticFileHandler}. What only this package needs (picocli, HdrHistogram,
 * Jackson) is an optional dependency of the library.
 */
@NullMarked
package dev.aio.netty.server;

import org.jspecify.annotations.NullMarked;
