/**
 * The transport's numbers for Micrometer, an optional dependency: only who has it uses this package. Depends
 * on dev.aio.netty.
 */
@NullMarked
package dev.aio.netty.micrometer;

import org.jspecify.annotations.NullMarked;
