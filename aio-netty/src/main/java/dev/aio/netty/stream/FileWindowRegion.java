package dev.aio.netty.stream;

import dev.aio.core.AioFile;
import dev.aio.core.internal.Linux;
import dev.aio.netty.AlignedByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A resident window of a file on its way out by {@code sendfile(2)}, behind an optional head that is
 * sent with {@code MSG_MORE}, so that both leave in full segments without corking the socket.
 *
 * <p>Residency is asked for right before each sendfile (not of files that are locked in memory: they are so small that one
 * sendfile sends them, and the question for their version comes right before that), because a slow client may get there seconds
 * after the window was chosen. If it is lost, the region shrinks to what it has sent: its write then
 * completes early, and {@link #transferred()} says how far it came.
 *
 * <p>Borrows head and file from the transfer, which outlives it.
 */
final class FileWindowRegion extends AbstractReferenceCounted implements FileRegion {

    private final int socketFd;
    private final AioFile file;
    private final @Nullable ByteBuf head;
    private final int headLength;
    private final long position;
    private final @Nullable FileVersion version;
    private final boolean last;
    private long count;
    private long transferred;
    private boolean asked; // for the version, at least once
    private @Nullable IOException change;
    private boolean ended;

    /**
     * @param head from an aligned pool, or {@code null}
     * @param version to be looked at before anything of this region is sent; {@code null}: not at all
     * @param last whether to look again whenever more is sent, since nothing comes after it
     */
    FileWindowRegion(
            int socketFd,
            AioFile file,
            @Nullable ByteBuf head,
            long position,
            long length,
            @Nullable FileVersion version,
            boolean last) {
        this.socketFd = socketFd;
        this.file = file;
        this.head = head;
        this.headLength = head == null ? 0 : head.readableBytes();
        this.position = position;
        this.count = headLength + length;
        this.version = version;
        this.last = last;
    }

    /** Why it has shrunk, if that is because the file was changed. */
    @Nullable
    IOException change() {
        return change;
    }

    /** Sends nothing more: the next attempt finds it complete. */
    void end() {
        ended = true;
    }

    /** Body bytes sent. */
    long bodySent() {
        return Math.max(0, transferred - headLength);
    }

    boolean isHeadSent() {
        return transferred >= headLength;
    }

    boolean isAnythingSent() {
        return transferred > 0;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferred;
    }

    @Override
    public long count() {
        return count;
    }

    /**
     * Sends what the socket takes. Netty's epoll channel reads 0 as "socket full" and waits for it to
     * drain; after a loss it comes back at once and finds the region complete.
     */
    @Override
    public long transferTo(WritableByteChannel target, long from) throws IOException {
        long begin = transferred;
        if (ended || isChanged()) {
            count = transferred;
            return 0;
        }
        long bodyLeft = count - Math.max(transferred, headLength);
        if (!file.isResident(position + bodySent(), bodyLeft)) {
            // An unsent head goes out with the next rung; a half-sent one goes on from here.
            count = transferred == 0 || transferred >= headLength ? transferred : headLength;
        }
        if (transferred < headLength && count > transferred && !sendHead(count > headLength)) {
            return transferred - begin;
        }
        if (transferred < count) {
            sendBody();
        }
        return transferred - begin;
    }

    private boolean isChanged() {
        if (version != null && (last || !asked)) {
            asked = true;
            change = version.change();
        }
        return change != null;
    }

    /** Returns whether all of it is sent. */
    private boolean sendHead(boolean more) throws IOException {
        AlignedByteBuf bytes = AlignedByteBuf.unwrap(head);
        int offset = bytes.memoryOffset() + head.readerIndex() + (int) transferred;
        int sent = bytes.memory().sendTo(socketFd, offset, headLength - (int) transferred, more);
        if (sent < 0 && sent != -Linux.EAGAIN) {
            throw new IOException("send failed: errno " + -sent);
        }
        transferred += Math.max(sent, 0);
        return transferred == headLength;
    }

    private void sendBody() throws IOException {
        long at = position + bodySent();
        long sent = file.sendTo(socketFd, at, count - transferred);
        if (sent == 0) {
            throw new TruncatedFileException(file.path(), at, position + count - headLength);
        }
        if (sent < 0 && sent != -Linux.EAGAIN) {
            throw new IOException("sendfile of " + file.path() + " failed: errno " + -sent);
        }
        transferred += Math.max(sent, 0);
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        // Head and file are the transfer's.
    }
}
