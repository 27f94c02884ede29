package dev.aio.netty;

import dev.aio.core.AlignedMemory;

/**
 * A part of a slab that is handed out as a buffer, time and again, but each time as another object: who
 * releases a buffer twice must not release what somebody else has by then.
 *
 * @param offset where it begins in the slab, in bytes
 * @param length bytes
 * @param sizeClass to whose free list it belongs
 */
record AlignedChunk(AlignedMemory slab, int offset, int length, int sizeClass) {}
