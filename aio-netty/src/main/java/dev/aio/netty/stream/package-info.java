/**
 * What carries a file to a channel. {@link dev.aio.netty.stream.FileTransfer} sends a range down the
 * ladder (sendfile of resident windows, else windows read by AIO); {@link
 * dev.aio.netty.stream.AioChunkedFile} feeds Netty's own {@code ChunkedWriteHandler}; both read ahead
 * through {@link dev.aio.netty.stream.WindowReader}.
 *
 * <p>Everything here lives on the channel's event loop. One window is handed to the channel at a time,
 * the next when its write has completed; a window is the channel's once written. Depends on {@code
 * dev.aio.netty} and aio-core.
 */
@NullMarked
package dev.aio.netty.stream;

import org.jspecify.annotations.NullMarked;
