package dev.aio.core;

/**
 * File systems by {@code f_type} (linux/magic.h), and whether an event loop may open, ask and read
 * resident data on them.
 */
public enum FileSystemType {
    /** ext2, ext3 and ext4, which share a number. */
    EXT(0xEF53L, "ext2/3/4", true),
    /** XFS. */
    XFS(0x58465342L, "xfs", true),
    /** Btrfs. */
    BTRFS(0x9123683EL, "btrfs", true),
    /** Memory; also the file systems of containers' {@code /dev/shm}. */
    TMPFS(0x01021994L, "tmpfs", true),
    /** Layers of others, as of a container's root. */
    OVERLAY(0x794c7630L, "overlayfs", true),
    /** A network file system, which may wait in any call. */
    NFS(0x6969L, "nfs", false),
    /** A file system in user space, likewise. */
    FUSE(0x65735546L, "fuse", false),
    /** One that nothing is known of. */
    OTHER(0, "other", false);

    private final long magic;
    private final String label;
    private final boolean loopSafe;

    FileSystemType(long magic, String label, boolean loopSafe) {
        this.magic = magic;
        this.label = label;
        this.loopSafe = loopSafe;
    }

    static FileSystemType of(long magic) {
        for (FileSystemType type : values()) {
            if (type.magic == magic && type != OTHER) {
                return type;
            }
        }
        return OTHER;
    }

    /** The name that people know. */
    public String label() {
        return label;
    }

    /**
     * Whether open with {@code RESOLVE_CACHED}, stat and {@code RWF_NOWAIT} reads are known not to
     * wait here; everything on other file systems goes through the lane.
     */
    public boolean isLoopSafe() {
        return loopSafe;
    }
}
