package dev.aio.netty.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Bytes that a client's kernel has taken of a connection. What our socket takes says less: it comes in bursts of half
 * of TCP_NOTSENT_LOWAT or a third of the send buffer, between which a slow client is not seen to move for minutes.
 */
final class TcpProgress {

    static final long UNKNOWN = -1;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;

    /** Of {@code tcpi_bytes_acked} in {@code struct tcp_info}, Linux 4.1 (include/uapi/linux/tcp.h). */
    private static final int BYTES_ACKED = 120;

    private static final ChannelOption<ByteBuffer> OPTION =
            new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, BYTES_ACKED + Long.BYTES);

    private TcpProgress() {}

    /** Bytes so far, one for the handshake among them; or {@link #UNKNOWN}. One system call, on the channel's loop. */
    static long of(Channel channel) {
        try {
            ByteBuffer info = channel.config().getOption(OPTION);
            if (info == null) {
                return UNKNOWN; // no native socket
            }
            long acknowledged = info.order(ByteOrder.nativeOrder()).getLong(BYTES_ACKED);
            return acknowledged > 0 ? acknowledged : UNKNOWN; // older kernels leave it as it was
        } catch (ChannelException notTcp) {
            return UNKNOWN;
        }
    }
}
