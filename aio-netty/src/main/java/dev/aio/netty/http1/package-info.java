/**
 * Decodes HTTP/1.0 and HTTP/1.1 requests from bytes, and refuses every form that another recipient could
 * read in another way. {@link dev.aio.netty.http1.StrictHttpRequestDecoder} takes the place of Netty's
 * {@code HttpRequestDecoder} in any pipeline.
 *
 * <p>A package of its own, since it depends on Netty alone; {@code dev.aio.netty.http} answers what it
 * refuses.
 */
@NullMarked
package dev.aio.netty.http1;

import org.jspecify.annotations.NullMarked;
