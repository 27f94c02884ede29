package dev.aio.bench.peer;

import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.stream.ChunkedNioFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** How Netty sends a file. */
enum FileBody {
    /** By sendfile; opened for each request, as Netty's own example does. */
    REGION {
        @Override
        Object of(Path file, long length) {
            return new DefaultFileRegion(file.toFile(), 0, length);
        }
    },
    /** By sendfile; the file stays open. */
    KEPT {
        private final Map<Path, FileChannel> open = new HashMap<>();

        @Override
        Object of(Path file, long length) throws IOException {
            FileChannel channel = open.get(file);
            if (channel == null) {
                channel = FileChannel.open(file);
                open.put(file, channel);
            }
            return new DefaultFileRegion(channel, 0, length) {
                @Override
                protected void deallocate() {} // it is not the region's to close
            };
        }
    },
    /** By reads of 8 KiB; opened for each request, since whoever reads it closes it. */
    CHUNKED {
        @Override
        Object of(Path file, long length) throws IOException {
            return new HttpChunkedInput(new ChunkedNioFile(FileChannel.open(file), 0, length, 8192));
        }
    };

    /** What to write for the body; one that is a chunked input ends the response itself. */
    abstract Object of(Path file, long length) throws IOException;
}
