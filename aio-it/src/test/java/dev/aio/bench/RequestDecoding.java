package dev.aio.bench;

import com.sun.management.ThreadMXBean;
import dev.aio.netty.http1.StrictHttpRequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What decoding a request costs beside Netty's decoder: CPU time and heap, in turns, in one thread, with what a
 * file server asks of the header. Run it with one JVM to itself.
 */
public final class RequestDecoding {

    private static final int ROUNDS = 15;
    private static final int REQUESTS = 400_000;

    private static final String SHORT = "GET /index.html HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";

    private static final String BROWSER = "GET /static/js/app.3f2a9c.js HTTP/1.1\r\n"
            + "Host: www.example.com\r\n"
            + "Connection: keep-alive\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
            + "Accept-Encoding: gzip, deflate, br, zstd\r\n"
            + "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
            + "Cache-Control: max-age=0\r\n"
            + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1\r\n"
            + "If-None-Match: \"1f-5e2a\"\r\n"
            + "Referer: https://www.example.com/\r\n"
            + "Sec-Fetch-Mode: no-cors\r\n\r\n";

    private static final CharSequence[] ASKED_FOR = {
        HttpHeaderNames.CONNECTION,
        HttpHeaderNames.EXPECT,
        HttpHeaderNames.HOST,
        HttpHeaderNames.IF_MATCH,
        HttpHeaderNames.IF_NONE_MATCH,
        HttpHeaderNames.IF_MODIFIED_SINCE,
        HttpHeaderNames.IF_UNMODIFIED_SINCE,
        HttpHeaderNames.RANGE,
        HttpHeaderNames.ACCEPT_ENCODING
    };

    private static int sink;

    private RequestDecoding() {}

    public static void main(String[] arguments) throws InterruptedException {
        Thread loop = new FastThreadLocalThread(RequestDecoding::compareAll); // as event loops are
        loop.start();
        loop.join();
    }

    private static void compareAll() {
        Map<String, String> requests = new TreeMap<>(Map.of("short", SHORT, "browser", BROWSER));
        Map<String, Supplier<ChannelHandler>> decoders = new TreeMap<>(Map.of(
                "nothing",
                ChannelInboundHandlerAdapter::new,
                "netty",
                HttpRequestDecoder::new,
                "strict",
                () -> StrictHttpRequestDecoder.builder().build()));
        requests.forEach((name, request) -> compare(name, request, decoders));
        if (sink == 42) {
            System.out.println(); // so that nothing is optimised away
        }
    }

    private static void compare(String name, String request, Map<String, Supplier<ChannelHandler>> decoders) {
        Map<String, double[]> nanos = new TreeMap<>();
        Map<String, Long> bytes = new TreeMap<>();
        decoders.forEach((kind, decoder) -> nanos.put(kind, new double[ROUNDS]));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < ROUNDS; round++) {
            int now = round;
            decoders.forEach((kind, decoder) -> {
                long allocated = threads.getCurrentThreadAllocatedBytes();
                long start = threads.getCurrentThreadCpuTime();
                decode(decoder.get(), request);
                nanos.get(kind)[now] = (double) (threads.getCurrentThreadCpuTime() - start) / REQUESTS;
                bytes.put(kind, (threads.getCurrentThreadAllocatedBytes() - allocated) / REQUESTS);
            });
        }
        nanos.forEach((kind, measured) -> {
            Arrays.sort(measured);
            System.out.printf(
                    Locale.ROOT,
                    "%s request, %s: %.0f ns (fastest %.0f), %d bytes of heap%n",
                    name,
                    kind,
                    measured[ROUNDS / 2],
                    measured[0],
                    bytes.get(kind));
        });
    }

    private static void decode(ChannelHandler decoder, String request) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder, new Reader());
        ByteBuf received = Unpooled.directBuffer().writeBytes(request.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < REQUESTS; i++) {
            channel.pipeline().fireChannelRead(received.readerIndex(0).retain());
            channel.pipeline().fireChannelReadComplete();
        }
        received.release();
        channel.finishAndReleaseAll();
    }

    private static final class Reader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest) {
                HttpRequest request = (HttpRequest) message;
                HttpHeaders fields = request.headers();
                sink += request.uri().length();
                for (CharSequence name : ASKED_FOR) {
                    String value = fields.get(name);
                    sink += value == null ? 1 : value.length();
                }
            }
            ReferenceCountUtil.release(message);
        }
    }
}
