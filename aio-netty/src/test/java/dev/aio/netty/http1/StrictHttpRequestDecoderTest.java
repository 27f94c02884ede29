package dev.aio.netty.http1;

import static dev.aio.netty.http1.Rule.chunked;
import static dev.aio.netty.http1.Rule.get;
import static dev.aio.netty.http1.Rule.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the decoder hands on, when, and what it does with the rest. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StrictHttpRequestDecoderTest {

    private final EmbeddedChannel channel =
            new EmbeddedChannel(StrictHttpRequestDecoder.builder().build());

    private void receive(String bytes) {
        channel.writeInbound(Decoding.bytes(bytes));
    }

    private void end() {
        assertThat(channel.finishAndReleaseAll()).isFalse();
    }

    @Test
    void aRequestArrivesAsSent() {
        receive("POST /a?b HTTP/1.1\r\nHost: x:1\r\nX-Thing:  c \t d \r\nx-thing: e\r\nContent-Length: 3\r\n\r\nxyz");
        HttpRequest request = channel.readInbound();
        assertThat(request.method()).isSameAs(HttpMethod.POST);
        assertThat(request.uri()).isEqualTo("/a?b");
        HttpHeaders fields = request.headers();
        assertThat(fields.get("HOST")).isEqualTo("x:1");
        assertThat(fields.get("X-THING")).isEqualTo("c \t d");
        assertThat(fields.getAll("x-thing")).containsExactly("c \t d", "e");
        assertThat(fields.contains("X-Thin")).isFalse();
        assertThat(fields.get("X-Thin")).isNull();
        assertThat(fields.size()).isEqualTo(4);
        LastHttpContent body = channel.readInbound();
        assertThat(body.content()).isEqualTo(Decoding.bytes("xyz"));
        body.release();
        end();
    }

    @Test
    void fieldsCanBeChanged() {
        receive(get("A: b\r\nA: c\r\nD: 7"));
        HttpRequest request = channel.readInbound();
        HttpHeaders fields = request.headers();
        assertThat(fields.getInt("d")).isEqualTo(7);
        fields.add("A", "e").set("D", "8").remove("host");
        assertThat(fields.getAll("a")).containsExactly("b", "c", "e");
        assertThat(fields.get("d")).isEqualTo("8");
        assertThat(fields.contains("Host")).isFalse();
        assertThat(fields.copy().entries())
                .hasToString(fields.entries().toString())
                .hasSize(4);
        assertThat(fields.clear().isEmpty()).isTrue();
        assertThat(request).as("without a body, one object").isInstanceOf(LastHttpContent.class);
        end();
    }

    @Test
    void elementsOfListsAreFound() {
        receive(get("Connection: a, Close\r\nConnection: Upgrade"));
        HttpRequest request = channel.readInbound();
        assertThat(request.headers().containsValue("connection", "close", true)).isTrue();
        assertThat(request.headers().containsValue("connection", "upgrade", true))
                .isTrue();
        assertThat(request.headers().containsValue("connection", "keep-alive", true))
                .isFalse();
        assertThat(HttpUtil.isKeepAlive(request)).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void rfc9112_3_2_2_theTargetsAuthorityIsTheHost() {
        assertThat(Decoding.of("GET http://b:80/ HTTP/1.1\r\nHost: a\r\n\r\n")
                        .only()
                        .field("Host"))
                .isEqualTo("b:80");
        assertThat(Decoding.of("GET http://b/ HTTP/1.0\r\n\r\n").only().field("host"))
                .isEqualTo("b");
        assertThat(Decoding.of("GET http://b/ HTTP/1.1\r\nHost: B\r\n\r\n")
                        .only()
                        .field("Host"))
                .isEqualTo("B");
    }

    @Test
    void rfc9112_9_3_2_pipelinedRequestsArriveInOrder() {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            requests.append(i % 3 == 0 ? chunked("1\r\n" + i % 10 + "\r\n0\r\n\r\n") : get("N: " + i));
        }
        Decoding decoding = Decoding.of(requests.toString());
        assertThat(decoding.requests()).hasSize(500);
        for (int i = 0; i < 500; i++) {
            Decoding.Request request = decoding.requests().get(i);
            assertThat(i % 3 == 0 ? request.body() : request.field("N")).isEqualTo(i % 3 == 0 ? "" + i % 10 : "" + i);
        }
    }

    @Test
    void whatCameBeforeARefusalIsKept() {
        Decoding decoding = Decoding.inEveryWay(get("A: b") + get("A : b") + get("C: d"));
        assertThat(decoding.requests()).hasSize(1);
        assertThat(decoding.status()).isEqualTo(400);
    }

    @Test
    void nothingIsDecodedBehindARefusal() {
        receive(get("A : b") + get("C: d"));
        receive(get("E: f"));
        ByteBuf late = Decoding.bytes(get("G: h"));
        channel.writeInbound(late);
        assertThat(late.refCnt()).isZero();
        assertThat(Decoding.taken(channel).requests()).isEmpty();
        end();
    }

    @Test
    void aRefusalSaysWhatToAnswerAndWhy() {
        receive(get("A : b"));
        HttpRequest request = channel.readInbound();
        RefusedRequestException refusal =
                (RefusedRequestException) request.decoderResult().cause();
        assertThat(refusal.status().code()).isEqualTo(400);
        assertThat(refusal).hasMessage("blank in or behind a field name");
        assertThat(refusal.getStackTrace()).isEmpty();
        assertThat(request.uri()).as("nothing that could be served").isEqualTo("/bad-request");
        assertThat(HttpUtil.isKeepAlive(request)).isFalse();
        end();
    }

    /** Its answer must have no body. */
    @Test
    void aRefusedHeadRequestIsKnownForOne() {
        receive("HEAD /a b HTTP/1.1\r\n");
        assertThat(((HttpRequest) channel.readInbound()).method()).isEqualTo(HttpMethod.HEAD);
        end();
    }

    @Test
    void bytesOfBodiesAreNotCopied() {
        ByteBuf received = Decoding.bytes(post("Content-Length: 6", "abc"));
        channel.writeInbound(received);
        channel.readInbound();
        HttpContent part = channel.readInbound();
        assertThat(part.content().array()).isSameAs(received.array());
        part.release();
        assertThat(received.refCnt()).isZero();
        channel.finishAndReleaseAll();
    }

    @Test
    void aBodyArrivesAsItComes() {
        receive(post("Content-Length: 6", "ab"));
        channel.readInbound();
        HttpContent first = channel.readInbound();
        assertThat(first).isNotInstanceOf(LastHttpContent.class);
        assertThat(first.content()).isEqualTo(Decoding.bytes("ab"));
        first.release();
        receive("cdef" + get("A: b"));
        LastHttpContent last = channel.readInbound();
        assertThat(last.content()).isEqualTo(Decoding.bytes("cdef"));
        last.release();
        assertThat(Decoding.taken(channel).only().field("A")).isEqualTo("b");
        end();
    }

    @Test
    void trailersArrive() {
        Decoding.Request request = Decoding.inEveryWay(chunked("1\r\nx\r\n0\r\nA: b\r\nc:d\r\n\r\n"))
                .only();
        assertThat(request.trailers()).containsExactly("A: b", "c: d");
    }

    @Test
    void aggregatorsWorkBehindIt() {
        channel.pipeline().addLast(new HttpObjectAggregator(1000));
        receive(chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") + get("A: b"));
        assertThat(Decoding.taken(channel).requests())
                .extracting(Decoding.Request::body)
                .containsExactly("abcde", "");
        end();
    }

    @Test
    void withoutReadsNothingMoreIsDecoded() {
        channel.config().setAutoRead(false);
        channel.pipeline().fireChannelRead(Decoding.bytes(get("A: 0") + get("A: 1") + post("Content-Length: 2", "xy")));
        assertThat(channel.<Object>readInbound()).isNull();
        for (int i = 0; i < 2; i++) {
            channel.read();
            assertThat(Decoding.taken(channel).only().field("A")).isEqualTo("" + i);
        }
        channel.read();
        assertThat(channel.<Object>readInbound()).isInstanceOf(HttpRequest.class);
        assertThat(channel.<Object>readInbound()).isNull();
        channel.config().setAutoRead(true);
        assertThat(ReferenceCountUtil.release(channel.readInbound())).isTrue();
        end();
    }

    /** As a handler does that has enough, and then answers. */
    @Test
    void aHandlerCanStopAndGoOnFromWithin() {
        List<String> seen = new ArrayList<>();
        EmbeddedChannel pausing =
                new EmbeddedChannel(StrictHttpRequestDecoder.builder().build(), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        if (message instanceof HttpRequest) {
                            seen.add(((HttpRequest) message).headers().get("A"));
                            ctx.channel().config().setAutoRead(seen.size() % 3 != 0);
                        }
                        ReferenceCountUtil.release(message);
                    }
                });
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            requests.append(get("A: " + i));
        }
        pausing.writeInbound(Decoding.bytes(requests.toString()));
        assertThat(seen).hasSize(3);
        pausing.config().setAutoRead(true);
        assertThat(seen).hasSize(6);
        pausing.read();
        assertThat(seen).hasSize(9);
        pausing.config().setAutoRead(true);
        assertThat(seen).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        pausing.finishAndReleaseAll();
    }

    @Test
    void theEndOfInputIsToldBehindAllRequests() {
        List<Object> events = new ArrayList<>();
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                events.add(event);
            }
        });
        channel.config().setAutoRead(false);
        channel.pipeline().fireChannelRead(Decoding.bytes(get("A: 0") + get("A: 1")));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(events).isEmpty();
        channel.config().setAutoRead(true);
        assertThat(Decoding.taken(channel).requests()).hasSize(2);
        assertThat(events).containsExactly(ChannelInputShutdownEvent.INSTANCE);
        end();
    }

    @Test
    void rfc9112_8_aHeadThatEndsEarlyIsRefused() {
        receive(get("A: b") + "GET / HTT");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        Decoding decoding = Decoding.taken(channel);
        assertThat(decoding.requests()).hasSize(1);
        assertThat(decoding.refusal()).hasMessage("end of input in a head");
        end();
    }

    @Test
    void rfc9112_8_aBodyThatEndsEarlyIsRefused() {
        receive(post("Content-Length: 5", "hell"));
        channel.close();
        Decoding decoding = Decoding.taken(channel);
        assertThat(decoding.unfinished().body()).isEqualTo("hell");
        assertThat(decoding.refusal()).hasMessage("end of input in a body");
        end();
    }

    @Test
    void anEmptyLineBehindTheLastRequestIsNoRequest() {
        receive(get("A: b") + "\r\n");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(Decoding.taken(channel).only().field("A")).isEqualTo("b");
        end();
    }

    @Test
    void aDecoderThatGoesHandsOnWhatItHas() {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof LastHttpContent) {
                    ctx.pipeline().remove(StrictHttpRequestDecoder.class); // as an upgrade does
                }
                ctx.fireChannelRead(message);
            }
        });
        receive(get("Upgrade: x") + "other bytes");
        assertThat(((HttpObject) channel.readInbound()).decoderResult().isSuccess())
                .isTrue();
        ByteBuf rest = channel.readInbound();
        assertThat(rest).isEqualTo(Decoding.bytes("other bytes"));
        rest.release();
        receive("and more");
        rest = channel.readInbound();
        assertThat(rest).isEqualTo(Decoding.bytes("and more"));
        rest.release();
        end();
    }

    @Test
    void whatIsNoBufferPassesThrough() {
        channel.writeInbound("a string");
        assertThat((String) channel.readInbound()).isEqualTo("a string");
        end();
    }

    @Test
    void halfARequestIsReleasedWithTheChannel() {
        ByteBuf half = Decoding.bytes("GET / HTTP/1.1\r\nHost");
        channel.writeInbound(half);
        end();
        assertThat(half.refCnt()).isZero();
    }
}
