package dev.aio.core;

/** Which symbolic links beneath an {@link AioDirectory} are followed. None ever leads out of it. */
public enum LinkPolicy {

    /** None: a name with a link in it is refused with {@code ELOOP}. */
    NONE,

    /** Relative ones that stay beneath the directory all the way. */
    RELATIVE,

    /**
     * Those, and absolute ones that begin with the name of the directory itself, as it was opened or as it really is
     * called: {@code current -> /srv/site/releases/7} beneath {@code /srv/site}. What follows that name is resolved beneath
     * the directory. The kernel refuses absolute links, so names with such a link are never resolved from memory
     * alone.
     */
    ABSOLUTE
}
