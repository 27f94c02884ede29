package dev.aio.netty.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.http.StaticFileHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PrefaceDetectorTest {

    private static final long MILLIS = 20_000;

    private final Cuts cuts = new Cuts();
    private final MockTicker ticker = Ticker.newMockTicker();

    private EmbeddedChannel channel(Duration timeout) {
        PrefaceDetector detector = new PrefaceDetector(ctx -> {}, ctx -> {}, timeout, cuts);
        return EmbeddedChannel.builder().ticker(ticker).handlers(detector).build();
    }

    private void pass(EmbeddedChannel channel, long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    /** What comes at first and just before the end of the time, and what is counted then. */
    @ParameterizedTest
    @CsvSource({"'', '', 1 silent", "P, '', 1 slow heads", "P, RI, 1 slow heads", "P, OST, ''", "GET, '', ''"})
    void whoseProtocolIsNotKnownInTimeIsCut(String first, String last, String counted) {
        EmbeddedChannel channel = channel(Duration.ofMillis(MILLIS));
        channel.writeInbound(Unpooled.copiedBuffer(first, StandardCharsets.US_ASCII));
        pass(channel, MILLIS - 1);
        channel.writeInbound(Unpooled.copiedBuffer(last, StandardCharsets.US_ASCII));
        assertThat(channel.isOpen()).isTrue();
        assertThat(cuts).hasToString("");
        pass(channel, 1);
        assertThat(cuts).hasToString(counted);
        assertThat(channel.isOpen()).isEqualTo(counted.isEmpty());
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @CsvSource({"P", "''"})
    void withoutALimitItIsWaitedFor(String first) {
        EmbeddedChannel channel = channel(Duration.ZERO);
        channel.writeInbound(Unpooled.copiedBuffer(first, StandardCharsets.US_ASCII));
        assertThat(channel.runScheduledPendingTasks()).isNegative();
        channel.finishAndReleaseAll();
    }

    @Test
    void atTheEndOfTheServerTheFirstBytesHaveAMoment() {
        EmbeddedChannel silent = channel(Duration.ZERO);
        silent.pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN);
        pass(silent, LastCall.MILLIS - 1);
        assertThat(silent.isOpen()).isTrue();
        pass(silent, 1);
        assertThat(silent.isOpen()).isFalse();
        assertThat(cuts).hasToString("");
        silent.finishAndReleaseAll();
    }

    @Test
    void whoTakesOverIsToldOfTheEnd() {
        EmbeddedChannel channel = channel(Duration.ZERO);
        List<Object> told = new ArrayList<>();
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                told.add(event);
            }
        });
        channel.pipeline().fireUserEventTriggered(StaticFileHandler.DRAIN);
        channel.writeInbound(Unpooled.copiedBuffer("GET", StandardCharsets.US_ASCII));
        assertThat(told).isEmpty();
        pass(channel, LastCall.MILLIS);
        assertThat(told).containsExactly(StaticFileHandler.DRAIN);
        channel.finishAndReleaseAll();
    }
}
