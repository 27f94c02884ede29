package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames that come in part, in time that the test makes pass. */
@Timeout(60)
class Http2FrameTimerTest {

    private static final int SECONDS = 20;
    private static final int RATE = 100;

    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final byte[] PING = {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};

    /** GET / of a, by indexed fields. */
    private static final byte[] FIELDS = {(byte) 0x82, (byte) 0x84, (byte) 0x86, 1, 1, 'a'};

    private final Cuts cuts = new Cuts();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = EmbeddedChannel.builder()
            .ticker(ticker)
            .handlers(
                    new Http2FrameTimer(
                            new TimeLimits(Duration.ofSeconds(SECONDS), Duration.ZERO, Duration.ZERO, RATE), cuts),
                    Http2FrameCodecBuilder.forServer().build())
            .build();

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private void receive(byte[]... parts) {
        channel.writeInbound(Unpooled.wrappedBuffer(parts));
    }

    private void open() {
        channel.writeInbound(Http2CodecUtil.connectionPrefaceBuf());
        receive(SETTINGS);
    }

    private void pass(int seconds) {
        ticker.advance(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private boolean isTimerArmed() {
        return channel.runScheduledPendingTasks() >= 0;
    }

    private static byte[] part(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static byte[] headers(int type, int flags, int from, int to) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeMedium(to - from)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(1)
                .writeBytes(FIELDS, from, to - from);
        return part(frame.array(), 0, frame.readableBytes());
    }

    @Test
    void framesThatComeWholeArmNoTimer() {
        open();
        receive(PING, PING, PING);
        assertThat(isTimerArmed()).isFalse();
    }

    @Test
    void aFrameHasItsTimeFromItsFirstByte() {
        open();
        for (int i = 0; i < SECONDS; i++) {
            receive(part(PING, i % 16, i % 16 + 1));
            assertThat(channel.isOpen()).as("after %s s", i).isTrue();
            if (i == 15) {
                break;
            }
            pass(1);
        }
        pass(SECONDS - 16);
        assertThat(cuts).hasToString("");
        pass(1);
        assertThat(cuts).hasToString("1 slow heads");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void eachFrameHasTimeOfItsOwn() {
        open();
        receive(part(PING, 0, 5));
        for (int i = 0; i < 10; i++) {
            pass(SECONDS - 1);
            receive(part(PING, 5, PING.length), part(PING, 0, 5));
        }
        pass(SECONDS - 1);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBlockHasOneTimeForAllItsFrames() {
        open();
        receive(headers(1, 1, 0, 1));
        for (int i = 1; i < 5; i++) {
            pass(SECONDS / 5);
            receive(headers(9, 0, i, i + 1));
        }
        pass(SECONDS / 5 - 1);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(cuts).hasToString("1 slow heads");
    }

    @Test
    void aBlockThatEndsInTimeIsARequest() {
        open();
        receive(headers(1, 1, 0, 3));
        pass(SECONDS - 1);
        receive(headers(9, 4, 3, FIELDS.length));
        pass(10 * SECONDS);
        assertThat(channel.isOpen()).isTrue();
        assertThat(isTimerArmed()).isFalse();
    }

    @Test
    void dataMayTakeLongerWhileItComesAtTheRate() {
        open();
        byte[] post = headers(1, 4, 0, FIELDS.length);
        post[9] = (byte) 0x83;
        receive(post, new byte[] {0, 0x40, 0, 0, 0, 0, 0, 0, 1});
        for (int i = 0; i < 4 * SECONDS; i++) {
            receive(new byte[RATE]);
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();
        for (int i = 0; i < 2 * SECONDS && channel.isOpen(); i++) {
            receive(new byte[RATE - 1]);
            pass(1);
        }
        assertThat(channel.isOpen()).isFalse();
        assertThat(cuts).hasToString("1 slow heads");
    }

    @Test
    void aTimerGoesWithItsChannel() {
        open();
        receive(part(PING, 0, 5));
        channel.close();
        assertThat(isTimerArmed()).isFalse();
    }
}
