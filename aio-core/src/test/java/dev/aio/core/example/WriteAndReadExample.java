package dev.aio.core.example;

import static dev.aio.core.OperationOptions.NONE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.aio.core.AioCompletion;
import dev.aio.core.AioContext;
import dev.aio.core.AioFile;
import dev.aio.core.AlignedMemory;
import java.io.IOException;
import java.nio.file.Path;

final class WriteAndReadExample {

    private WriteAndReadExample() {}

    // README: begin
    static AlignedMemory writeAndRead(Path path, AlignedMemory page) throws IOException {
        AlignedMemory copy = AlignedMemory.allocate(page.capacity(), 4096);
        try (AioFile file = AioFile.open(path, CREATE, READ, WRITE); // and AioOpenOption.DIRECT
                AioContext context = AioContext.builder().depth(32).open()) { // this thread's from now on
            AioCompletion completion = (token, result) -> {
                if (result < 0) { // -errno; failure() says what, where, why and what to do
                    System.err.println(context.failure().getMessage());
                }
            };
            context.write(file, 0, page, 0, page.capacity(), NONE, completion, 1);
            context.dataSync(file, NONE, completion, 2); // after the write, not beside it
            finish(context);
            context.read(file, 0, copy, 0, copy.capacity(), NONE, completion, 3);
            finish(context);
        }
        return copy;
    }

    private static void finish(AioContext context) {
        context.submit(); // all that is prepared, in one io_submit where it cannot wait
        while (context.inFlight() + context.pending() > 0) {
            context.getEvents(1, 32, -1); // waits; on an event loop: reap(32) when eventFd() is ready
        }
    }
    // README: end
}
