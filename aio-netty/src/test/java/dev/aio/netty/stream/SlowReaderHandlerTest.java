package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.File;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take as much as a test says, in time that it makes pass. */
@Timeout(60)
class SlowReaderHandlerTest {

    private static final int PERIOD = 8; // seconds
    private static final int RATE = 100; // bytes a second

    private final AtomicInteger cuts = new AtomicInteger();
    private final MockTicker ticker = Ticker.newMockTicker();
    private Client client = new Client(handler(RATE));

    private SlowReaderHandler handler(long rate) {
        return new SlowReaderHandler(Duration.ofSeconds(PERIOD), rate, cuts::incrementAndGet);
    }

    @AfterEach
    void end() {
        client.finishAndReleaseAll();
        assertThat(client.isTimerArmed()).as("timer behind the end").isFalse();
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.buffer(count).writerIndex(count);
    }

    /** A channel whose socket takes no more than it is told. */
    private final class Client extends EmbeddedChannel {

        private long room;

        Client(ChannelHandler handler) {
            super(EmbeddedChannel.builder().ticker(ticker).handlers(handler));
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer in) {
            for (Object message = in.current(); message != null; message = in.current()) {
                if (message instanceof PartlySent region) {
                    long now = Math.min(room, region.count() - region.transferred());
                    region.sent += now;
                    room -= now;
                    in.progress(now);
                    if (region.transferred() < region.count()) {
                        return;
                    }
                    in.remove();
                } else {
                    long now = Math.min(room, ((ByteBuf) message).readableBytes());
                    room -= now;
                    in.removeBytes(now);
                    if (in.current() == message) {
                        return;
                    }
                }
            }
        }

        void take(long bytes) {
            room += bytes;
            unsafe().flush();
        }

        boolean isTimerArmed() {
            return runScheduledPendingTasks() >= 0;
        }

        void pass(int seconds) {
            for (int i = 0; i < seconds; i++) {
                ticker.advance(1, TimeUnit.SECONDS);
                runScheduledPendingTasks();
            }
        }
    }

    /** A region of which nothing but the progress is looked at. */
    private static final class PartlySent extends DefaultFileRegion {
        private long sent;

        PartlySent(long count) {
            super(new File("never opened"), 0, count);
        }

        @Override
        public long transferred() {
            return sent;
        }
    }

    @Test
    void whatIsTakenAtOnceArmsNoTimer() {
        client.room = 2000;
        client.writeAndFlush(bytes(1000));
        client.writeAndFlush(bytes(1000));
        assertThat(client.isTimerArmed()).isFalse();
    }

    @Test
    void whatIsNotFlushedIsNotWaitedFor() {
        client.write(bytes(1000));
        assertThat(client.isTimerArmed()).isFalse();
        client.flush();
        assertThat(client.isTimerArmed()).isTrue();
    }

    @Test
    void whoTakesNothingIsCutAfterAPeriod() {
        client.writeAndFlush(bytes(1000));
        client.pass(PERIOD - 1);
        assertThat(client.isOpen()).isTrue();
        client.pass(1);
        assertThat(client.isOpen()).isFalse();
        assertThat(cuts).hasValue(1);
    }

    /** Bytes a second, and whether that is enough. */
    @ParameterizedTest
    @CsvSource({"100, true", "99, false", "1, false"})
    void whoTakesLessThanTheRateIsCut(int rate, boolean enough) {
        client.writeAndFlush(bytes(100_000));
        for (int i = 0; i < 10 * PERIOD; i++) {
            client.take(rate);
            client.pass(1);
        }
        assertThat(client.isOpen()).isEqualTo(enough);
        assertThat(cuts).hasValue(enough ? 0 : 1);
    }

    @Test
    void partsOfARegionCount() {
        client.writeAndFlush(new PartlySent(100_000));
        for (int i = 0; i < 4 * PERIOD; i++) {
            client.take(RATE);
            client.pass(1);
        }
        assertThat(client.isOpen()).isTrue();
        client.pass(PERIOD * 5 / 4);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void manySmallBuffersCountAsOneLarge() {
        for (int i = 0; i < 4 * PERIOD * RATE / 20; i++) {
            client.write(bytes(20));
        }
        client.flush();
        for (int i = 0; i < 4 * PERIOD - 1; i++) {
            client.take(RATE);
            client.pass(1);
        }
        assertThat(client.isOpen()).isTrue();
    }

    /** A socket that is told of acknowledgements late shows progress in bursts. */
    @Test
    void oneBurstAPeriodIsEnough() {
        client.writeAndFlush(bytes(100_000));
        for (int i = 0; i < 10; i++) {
            client.take(PERIOD * RATE);
            client.pass(PERIOD);
        }
        assertThat(client.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void whoBecomesTooSlowIsCutWithinOneAndAQuarterPeriods(int phase) {
        client.writeAndFlush(bytes(1_000_000));
        for (int i = 0; i < 3 * PERIOD + phase; i++) {
            client.take(10 * RATE);
            client.pass(1);
        }
        client.pass(PERIOD * 5 / 4);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aByteAPeriodIsEnoughWhereNoRateIsAsked() {
        client = new Client(handler(0));
        client.writeAndFlush(bytes(1000));
        for (int i = 0; i < 10; i++) {
            client.take(1);
            client.pass(PERIOD);
        }
        assertThat(client.isOpen()).isTrue();
        client.pass(PERIOD * 5 / 4);
        assertThat(client.isOpen()).isFalse();
    }

    /** The disk is not the client's fault. */
    @Test
    void timeInWhichNothingWaitsDoesNotCount() {
        client.writeAndFlush(bytes(10));
        client.pass(1);
        client.take(10);
        client.pass(10 * PERIOD);
        assertThat(client.isTimerArmed()).isFalse();
        client.writeAndFlush(bytes(10));
        client.pass(PERIOD - 1);
        assertThat(client.isOpen()).isTrue();
        client.pass(1);
        assertThat(client.isOpen()).isFalse();
    }

    /** Small answers that are waited for now and then, and taken each time: the client owes nothing. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7})
    void whoTakesAllThatThereIsIsNotCut(int seconds) {
        for (int i = 0; i < 10 * PERIOD; i++) {
            client.writeAndFlush(bytes(10));
            client.pass(seconds);
            client.take(10);
        }
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void aHandlerThatGoesTakesItsTimerAlong() {
        client.writeAndFlush(bytes(10));
        client.pipeline().remove(SlowReaderHandler.class);
        assertThat(client.isTimerArmed()).isFalse();
        client.pass(2 * PERIOD);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void whatCannotBeAskedForIsRefused() {
        assertThatThrownBy(() -> new SlowReaderHandler(Duration.ZERO, 1)).hasMessage("period: PT0S (expected: > 0)");
        assertThatThrownBy(() -> new SlowReaderHandler(Duration.ofSeconds(1), -1))
                .hasMessage("minBytesPerSecond: -1 (expected: >= 0)");
    }

    @ParameterizedTest
    @CsvSource({"30000, 240, 7200", "30000, 0, 1", "500, 1, 1", "2500, 3, 7", "86400000, 9000000000, 777600000000000"})
    void theRateMakesBytesOfAPeriod(long millis, long rate, long expected) {
        assertThat(SlowReaderHandler.leastBytes(Duration.ofMillis(millis), rate))
                .isEqualTo(expected);
    }
}
