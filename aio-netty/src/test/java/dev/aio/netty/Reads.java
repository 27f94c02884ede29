package dev.aio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Many reads of one file, and where each should have come from. */
final class Reads {

    private record Read(long position, int length, Future<ByteBuf> result) {}

    private final TestFile source;
    private final List<Read> reads = new ArrayList<>();

    Reads(TestFile source) {
        this.source = source;
    }

    void start(NettyAioFile file, long position, int length) {
        reads.add(new Read(position, length, file.read(position, length)));
    }

    /** As a window, which is never refused. On the loop. */
    void startWindow(NettyAioFile file, long position, int length) {
        Promise<ByteBuf> result = file.eventLoop().newPromise();
        file.loop().read(file.file(), position, length, new WindowListener() {
            @Override
            public void windowRead(ByteBuf window) {
                result.setSuccess(window);
            }

            @Override
            public void windowFailed(Throwable cause) {
                result.setFailure(cause);
            }
        });
        reads.add(new Read(position, length, result));
    }

    void startRandom(NettyAioFile file, int count, Random random) {
        for (int i = 0; i < count; i++) {
            int length = 1 + random.nextInt(Math.min(AlignedBufferPool.LARGEST - 4096, source.size()));
            start(file, random.nextInt(source.size() - length + 1), length);
        }
    }

    /** Fails unless every read succeeds with the right bytes; one after another, so few are in memory. */
    void assertExact() throws Exception {
        for (Read read : reads) {
            source.assertContent(Await.result(read.result), read.position, read.length);
        }
    }

    /** Waits until every read has ended; what succeeded must be right. Returns how many failed. */
    int assertEnded() throws Exception {
        int failed = 0;
        for (Read read : reads) {
            Await.ended(read.result);
            if (read.result.isSuccess()) {
                source.assertContent(read.result.getNow(), read.position, read.length);
            } else {
                failed++;
            }
        }
        return failed;
    }

    Future<ByteBuf> last() {
        return reads.get(reads.size() - 1).result;
    }
}
