package dev.aio.netty.http;

import dev.aio.core.FileStat;
import org.jspecify.annotations.Nullable;

/**
 * Where entity tags come from. Asked once per version of a file, on an event loop: must not wait.
 *
 * <p>A tag is sent as a weak one while the file is younger than two seconds, since a second change
 * could hide behind the same time, and with the coding's name appended for a compressed file, so that
 * no two representations share one.
 */
@FunctionalInterface
public interface EntityTags {

    /** Time of the last change in ns, size and inode number: what changes with every replacement. */
    EntityTags FROM_STAT = (path, file) -> EntityTag.opaqueOf(FileFacts.of(file));

    /** For files that several hosts serve, on which the same content has other inode numbers. */
    EntityTags WITHOUT_INODE =
            (path, file) -> Long.toHexString(file.modifiedNanos()) + '-' + Long.toHexString(file.size());

    /** None are sent; clients are left with dates. */
    EntityTags NONE = (path, file) -> null;

    /**
     * @param path of the file beneath the root
     * @param file of the inode that is served
     * @return what shall stand between the quotes: visible ASCII without quotes; {@code null} for no tag
     */
    @Nullable
    String of(String path, FileStat file);
}
