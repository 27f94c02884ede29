/**
 * Linux AIO on Netty's event loops. {@link dev.aio.netty.AioTransport} is made for an event loop
 * group; {@link dev.aio.netty.AioLoop} is one loop's share of it and lives on that loop's thread;
 * {@link dev.aio.netty.NettyAioFile} is the file for users, whose operations
 * ({@code FileOperation}) answer with futures.
 *
 * <p>Owns: contexts and eventfds (one per loop), the lane (threads that may wait for a disk), the
 * pool of aligned buffers, the closer, the locks on files that are sent often
 * ({@code PinnedFiles}). A buffer belongs to the engine from the moment a read is asked for until its listener gets it;
 * from then on it is the listener's. Depends on aio-core and Netty.
 */
@NullMarked
package dev.aio.netty;

import org.jspecify.annotations.NullMarked;
