package dev.aio.bench.fill;

/** Whether a file that was not resident is brought into the page cache. */
enum Policy {
    NEVER {
        @Override
        boolean admits(int misses) {
            return false;
        }
    },
    FIRST_MISS {
        @Override
        boolean admits(int misses) {
            return true;
        }
    },
    SECOND_MISS {
        @Override
        boolean admits(int misses) {
            return misses > 1;
        }
    };

    /**
     * @param misses of the file since it was last filled, this one included
     */
    abstract boolean admits(int misses);
}
