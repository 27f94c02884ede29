/**
 * The native binding: one method per system call, the completion ring, the control blocks, kernel
 * constants. Knows nothing of files as objects or of who asks; everything here depends on the JDK only.
 */
@NullMarked
package dev.aio.core.internal;

import org.jspecify.annotations.NullMarked;
