package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a head may take, in time that the test makes pass. */
@Timeout(60)
class HeadTimeoutTest {

    private static final long MILLIS = 20_000;

    private final AtomicInteger timeouts = new AtomicInteger();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = channel(StrictHttpRequestDecoder.builder()
            .headTimeout(Duration.ofMillis(MILLIS))
            .onHeadTimeout(timeouts::incrementAndGet)
            .build());

    private EmbeddedChannel channel(StrictHttpRequestDecoder decoder) {
        return EmbeddedChannel.builder().handlers(decoder).ticker(ticker).build();
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
        assertThat(isTimerArmed()).as("timer behind the end").isFalse();
    }

    private void receive(String bytes) {
        channel.writeInbound(Decoding.bytes(bytes));
    }

    private void pass(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private boolean isTimerArmed() {
        return channel.runScheduledPendingTasks() >= 0;
    }

    private int status() {
        return Decoding.taken(channel).status();
    }

    @Test
    void aHeadThatTricklesInIsRefusedWhenItsTimeIsOver() {
        for (int i = 0; i < MILLIS / 1000; i++) {
            receive("GET / HTTP/1.1\r\nA: bcdefghijkl".substring(i, i + 1));
            pass(i == 0 ? 999 : 1000);
        }
        assertThat(status()).isZero();
        pass(1);
        Decoding decoding = Decoding.taken(channel);
        assertThat(decoding.status()).isEqualTo(408);
        assertThat(decoding.refusal()).hasMessage("head took too long");
        assertThat(timeouts).hasValue(1);
        receive("m: n\r\n\r\n" + get("A: b"));
        assertThat(Decoding.taken(channel).requests()).isEmpty();
    }

    @Test
    void aHeadThatIsCompleteInTimeIsServed() {
        receive("GET / HTTP/1.1\r\n");
        pass(MILLIS - 1);
        receive("Host: a\r\n\r\n");
        assertThat(Decoding.taken(channel).requests()).hasSize(1);
        pass(10 * MILLIS);
        assertThat(status()).isZero();
        assertThat(timeouts).hasValue(0);
    }

    @Test
    void headsThatComeWholeArmNoTimer() {
        receive(get("A: b") + get("A: b") + "\r\n");
        assertThat(isTimerArmed()).isFalse();
        receive(post("Content-Length: 10", "part"));
        assertThat(isTimerArmed()).isFalse();
        assertThat(Decoding.taken(channel).requests()).hasSize(2);
    }

    /** What a handler behind it knows as one. */
    @Test
    void theRefusalOfAHeadRequestIsOneOfAHeadRequest() {
        receive("HEAD / HTTP/1.1\r\n");
        pass(MILLIS);
        HttpRequest request = channel.readInbound();
        assertThat(request.method()).isEqualTo(HttpMethod.HEAD);
        ReferenceCountUtil.release(request);
    }

    @Test
    void timeBetweenRequestsDoesNotCount() {
        pass(10 * MILLIS);
        receive(get("A: b"));
        pass(10 * MILLIS);
        receive(get("A: b") + "\r\n");
        pass(10 * MILLIS);
        receive(get("A: b") + "G");
        pass(MILLIS - 1);
        assertThat(Decoding.taken(channel).requests()).hasSize(3);
        pass(1);
        assertThat(status()).isEqualTo(408);
    }

    @Test
    void eachHeadHasTimeOfItsOwn() {
        receive("G");
        for (int i = 0; i < 10; i++) {
            pass(MILLIS - 1);
            receive(get("A: b").substring(1) + "G");
        }
        assertThat(Decoding.taken(channel).requests()).hasSize(10);
        pass(MILLIS - 1);
        assertThat(timeouts).hasValue(0);
        pass(1);
        assertThat(status()).isEqualTo(408);
    }

    @Test
    void timeOfABodyIsNotTheHeads() {
        receive("POST / HT");
        pass(1);
        receive(post("Content-Length: 5", "a").substring("POST / HT".length()));
        pass(10 * MILLIS);
        receive("bcde");
        assertThat(Decoding.taken(channel).only().body()).isEqualTo("abcde");
    }

    @Test
    void timeInWhichNobodyReadsDoesNotCount() {
        receive("GET / HT");
        pass(MILLIS / 2);
        channel.config().setAutoRead(false);
        pass(10 * MILLIS);
        assertThat(timeouts).hasValue(0);
        assertThat(isTimerArmed()).isFalse();
        channel.config().setAutoRead(true);
        pass(MILLIS - 1);
        assertThat(timeouts).hasValue(0);
        pass(1);
        assertThat(status()).isEqualTo(408);
    }

    /** As a handler does that has enough for now. */
    @Test
    void aPauseThatEndsBeforeTheTimerRunsCountsAsWell() {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                ctx.channel().config().setAutoRead(false);
            }
        });
        receive("GET / HT");
        pass(MILLIS - 1);
        channel.config().setAutoRead(true);
        pass(MILLIS - 1);
        assertThat(timeouts).hasValue(0);
        pass(1);
        assertThat(status()).isEqualTo(408);
    }

    @Test
    void whoAsksForEachRequestIsToldOnlyWhenItAsks() {
        channel.config().setAutoRead(false);
        channel.read();
        receive("GET / HT");
        pass(MILLIS - 1);
        assertThat(channel.<Object>readInbound()).isNull();
        pass(1);
        assertThat(status()).isEqualTo(408);
    }

    @Test
    void aDecoderThatGoesTakesItsTimerAlong() {
        receive("GET / HT");
        channel.pipeline().remove(StrictHttpRequestDecoder.class);
        assertThat(isTimerArmed()).isFalse();
        pass(MILLIS);
        assertThat(timeouts).hasValue(0);
    }

    @Test
    void aRefusalForAnotherReasonEndsTheTimer() {
        receive("GET / HTTP/1.1\r\nA");
        receive(" : b\r\n");
        assertThat(isTimerArmed()).isFalse();
        assertThat(status()).isEqualTo(400);
    }

    @Test
    void withoutATimeoutAHeadMayTakeAnyTime() {
        EmbeddedChannel patient = channel(StrictHttpRequestDecoder.builder().build());
        patient.writeInbound(Decoding.bytes("GET / HT"));
        assertThat(patient.runScheduledPendingTasks()).isNegative();
        patient.finishAndReleaseAll();
    }

    @Test
    void aNegativeTimeoutIsRefused() {
        assertThatThrownBy(() -> StrictHttpRequestDecoder.builder().headTimeout(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("headTimeout: PT-0.001S (expected: >= 0)");
    }
}
