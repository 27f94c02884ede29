package dev.aio.netty.example;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.aio.netty.AioTransport;
import dev.aio.netty.NettyAioFile;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.file.Path;

/** The README's example of files. */
final class FileExample {

    private FileExample() {}

    // README: begin
    static Future<Void> save(AioTransport transport, EventLoop loop, Path path, ByteBuf content) {
        Promise<Void> saved = loop.newPromise();
        transport.open(loop, path, READ, WRITE, CREATE).addListener((Future<NettyAioFile> opened) -> {
            if (!opened.isSuccess()) {
                content.release();
                saved.setFailure(opened.cause());
                return;
            }
            NettyAioFile file = opened.getNow();
            Future<Long> written = file.write(content, 0); // takes the reference over
            file.dataSync()
                    .addListener(
                            synced -> { // after the write, not beside it
                                file.close();
                                if (written.isSuccess() && synced.isSuccess()) {
                                    saved.setSuccess(null);
                                } else {
                                    saved.setFailure(written.isSuccess() ? synced.cause() : written.cause());
                                }
                            });
        });
        return saved;
    }
    // README: end
}
