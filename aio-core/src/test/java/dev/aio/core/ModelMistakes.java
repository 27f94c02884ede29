package dev.aio.core;

import dev.aio.core.internal.Linux;
import java.nio.ByteBuffer;

/** Operations that cannot be: each fails by itself, with what it should. */
final class ModelMistakes {

    private static final int PAGE = AlignedMemory.PAGE;

    private ModelMistakes() {}

    /** Makes the one that the step's random number picks. */
    static void make(ModelRun run, ModelStep step) {
        ModelOperation one = new ModelOperation(run, step);
        ModelFiles files = run.files;
        int length = 1 + step.length() % GuardedMemory.SMALL;
        switch (step.pick() % 16) {
            case 0:
                one.fail(Linux.EINVAL, files.direct, -1 - step.position(), 0, length, false);
                break;
            case 1:
                one.fail(Linux.EINVAL, files.buffered, step.position(), -1, length, step.direct());
                break;
            case 2:
                one.fail(Linux.EINVAL, files.buffered, step.position(), PAGE, Integer.MAX_VALUE, step.direct());
                break;
            case 3:
                one.fail(Linux.EINVAL, files.buffered, step.position(), 0, -length, step.direct());
                break;
            case 4:
                one.fail(Linux.EINVAL, files.buffered, Long.MAX_VALUE - length + 1, 0, length, step.direct());
                break;
            case 5:
                one.fail(Linux.EBADF, files.closed, step.position(), 0, length, step.direct());
                break;
            case 6:
                one.fail(Linux.EBADF, files.readOnly, step.position(), 0, length, true);
                break;
            case 7:
                one.fail(Linux.EBADF, files.appending, step.position(), 0, length, false);
                break;
            case 8:
                one.failWith(ByteBuffer.allocate(length), step.direct());
                break;
            case 9:
                one.failWith(ByteBuffer.allocateDirect(length).asReadOnlyBuffer(), false);
                break;
            case 10:
                one.failWithUnknownFlag(length);
                break;
            case 11:
                one.mustEndWith(-Linux.EBADF).poll(-1 - step.offset(), PollEvents.IN);
                break;
            case 12:
                one.mustEndWith(-Linux.EINVAL).sync(OperationOptions.NONE.dsync());
                break;
            case 13:
                one.fail(Linux.EFBIG, files.buffered, 1L << 60, 0, length, true);
                break;
            case 14:
                one.mustEndWith(0).readFarBehindTheEnd(); // which is nothing bad
                break;
            default:
                run.useVectorsAgain(one);
                break;
        }
    }
}
