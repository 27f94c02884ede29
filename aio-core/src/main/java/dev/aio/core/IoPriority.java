package dev.aio.core;

import dev.aio.core.internal.Linux;

/**
 * Class and level of an operation for the disk's scheduler (ioprio_set(2)); schedulers without
 * priorities, such as {@code none} and {@code mq-deadline} before 5.17, ignore it.
 */
public final class IoPriority {

    /** Scheduling classes. */
    public enum Class {
        /** Before all others; needs {@code CAP_SYS_ADMIN} or {@code CAP_SYS_NICE}, else {@code EPERM}. */
        REALTIME(1),
        /** The class of all who have asked for nothing. */
        BEST_EFFORT(2),
        /** Only when nobody else wants the disk. */
        IDLE(3);

        private final int number;

        Class(int number) {
            this.number = number;
        }
    }

    private final Class schedulingClass;
    private final int level;

    private IoPriority(Class schedulingClass, int level) {
        this.schedulingClass = schedulingClass;
        this.level = level;
    }

    /**
     * @param level 0 (first) to 7 (last) within the class; {@link Class#IDLE} has no levels, give 0
     */
    public static IoPriority of(Class schedulingClass, int level) {
        if (level < 0 || level > 7) {
            throw new IllegalArgumentException("level: " + level + " (expected: 0..7)");
        }
        return new IoPriority(schedulingClass, level);
    }

    /** The scheduling class. */
    public Class schedulingClass() {
        return schedulingClass;
    }

    /** The level within the class: 0 to 7, the lower the sooner. */
    public int level() {
        return level;
    }

    /** As the kernel has it: the class above {@code IOPRIO_CLASS_SHIFT}, the level below. */
    int kernelValue() {
        return schedulingClass.number << Linux.IOPRIO_CLASS_SHIFT | level;
    }

    @Override
    public String toString() {
        return schedulingClass + "/" + level;
    }
}
