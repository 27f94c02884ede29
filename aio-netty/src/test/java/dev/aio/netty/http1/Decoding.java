package dev.aio.netty.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a decoder makes of a stream of bytes; a char of the strings here is a byte. */
record Decoding(List<Request> requests, Request unfinished, RefusedRequestException refusal) {

    /** A request whose end has been decoded, or what has come of it. */
    record Request(String line, List<String> fields, String body, List<String> trailers) {

        String field(String name) {
            String prefix = name + ": ";
            return fields.stream()
                    .filter(field -> field.regionMatches(true, 0, prefix, 0, prefix.length()))
                    .map(field -> field.substring(prefix.length()))
                    .findFirst()
                    .orElse(null);
        }

        /** What a client would send to have the same understood. */
        String encoded() {
            StringBuilder out = new StringBuilder(line).append("\r\n");
            fields.forEach(field -> out.append(field).append("\r\n"));
            out.append("\r\n");
            if (field("Transfer-Encoding") == null) {
                return out.append(body).toString();
            }
            if (!body.isEmpty()) {
                out.append(Integer.toHexString(body.length()))
                        .append("\r\n")
                        .append(body)
                        .append("\r\n");
            }
            out.append("0\r\n");
            trailers.forEach(trailer -> out.append(trailer).append("\r\n"));
            return out.append("\r\n").toString();
        }
    }

    static Decoding of(String stream) {
        return of(StrictHttpRequestDecoder.builder(), stream);
    }

    /** @param parts arrive one after another */
    static Decoding of(StrictHttpRequestDecoderBuilder limits, String... parts) {
        EmbeddedChannel channel = new EmbeddedChannel(limits.build());
        for (String part : parts) {
            channel.writeInbound(bytes(part));
        }
        Decoding decoding = taken(channel);
        channel.finishAndReleaseAll();
        return decoding;
    }

    static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    /** In one part, in two at every place, byte by byte: the same must be understood. */
    static Decoding inEveryWay(String stream) {
        return inEveryWay(StrictHttpRequestDecoder.builder(), stream);
    }

    static Decoding inEveryWay(StrictHttpRequestDecoderBuilder limits, String stream) {
        Decoding whole = of(limits, stream);
        for (int i = 1; i < stream.length(); i++) {
            String again =
                    of(limits, stream.substring(0, i), stream.substring(i)).toString();
            assertThat(again).as("cut at %s", i).isEqualTo(whole.toString());
        }
        assertThat(of(limits, stream.split("")).toString()).as("byte by byte").isEqualTo(whole.toString());
        return whole;
    }

    /** Takes what the channel has decoded, and releases it. */
    static Decoding taken(EmbeddedChannel channel) {
        List<Request> requests = new ArrayList<>();
        RefusedRequestException refusal = null;
        Request current = null;
        StringBuilder body = new StringBuilder();
        for (Object message; (message = channel.readInbound()) != null; ReferenceCountUtil.release(message)) {
            assertThat(refusal).as("refusal before %s", message).isNull();
            refusal = (RefusedRequestException)
                    ((HttpObject) message).decoderResult().cause();
            if (refusal != null) {
                continue;
            }
            if (message instanceof HttpRequest) {
                assertThat(current).as("request before the end of another").isNull();
                HttpRequest request = (HttpRequest) message;
                String line = request.method() + " " + request.uri() + " " + request.protocolVersion();
                current = new Request(line, fields(request.headers()), "", List.of());
            }
            if (message instanceof HttpContent) {
                body.append(((HttpContent) message).content().toString(StandardCharsets.ISO_8859_1));
            }
            if (message instanceof LastHttpContent) {
                List<String> trailers = fields(((LastHttpContent) message).trailingHeaders());
                requests.add(new Request(current.line, current.fields, body.toString(), trailers));
                current = null;
                body.setLength(0);
            }
        }
        if (current != null) {
            current = new Request(current.line, current.fields, body.toString(), List.of());
        }
        return new Decoding(requests, current, refusal);
    }

    private static List<String> fields(HttpHeaders headers) {
        List<String> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : headers.entries()) {
            fields.add(field.getKey() + ": " + field.getValue());
        }
        return fields;
    }

    /** The status that the stream is refused with, or 0. */
    int status() {
        return refusal == null ? 0 : refusal.status().code();
    }

    Request only() {
        assertThat(refusal).isNull();
        assertThat(unfinished).isNull();
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }
}
