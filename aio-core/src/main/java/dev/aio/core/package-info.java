/**
 * Linux AIO for the JVM: {@link dev.aio.core.AioContext} submits and reaps, {@link
 * dev.aio.core.AioFile} is one inode to read from and write to, {@link dev.aio.core.AioDirectory} confines names
 * beneath a root, {@link dev.aio.core.AlignedMemory} is memory that {@code O_DIRECT} accepts.
 *
 * <p>Threads: a context belongs to one thread; files, directories and memory may be shared. Whatever
 * may wait for a disk says so in its Javadoc. Depends on the JDK only.
 */
@NullMarked
package dev.aio.core;

import org.jspecify.annotations.NullMarked;
