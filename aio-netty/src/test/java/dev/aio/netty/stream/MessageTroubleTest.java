package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aio.netty.Await;
import dev.aio.netty.NettyAioFile;
import dev.aio.netty.TestFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultChannelPromise;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What users do to messages and in their callbacks; every buffer and descriptor is given back. */
class MessageTroubleTest extends ServingSuite {

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    /** Fails for the n-th window. */
    private static final class FailingWrapper implements Function<ByteBuf, Object> {
        private final int failing;
        private int windows;

        FailingWrapper(int failing) {
            this.failing = failing;
        }

        @Override
        public Object apply(ByteBuf window) {
            if (++windows == failing) {
                throw new UnsupportedOperationException("of the wrapper");
            }
            return window;
        }
    }

    private ChannelFuture writeWrapped(Channel channel, TestFile source, int failing) throws Exception {
        NettyAioFile file = open(channel, source);
        ChannelFuture written = channel.writeAndFlush(FileMessage.builder(file)
                .head(text("head"))
                .windowsAs(new FailingWrapper(failing))
                .build());
        file.close();
        return written;
    }

    @Test
    void aWrapperThatFailsAtOnceFailsItsMessageOnly() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        serve(channel -> channel.pipeline().addLast(new FileMessageHandler()));
        try (Client client = connect()) {
            Channel channel = accept();
            ChannelFuture written = writeWrapped(channel, source, 1);
            assertThat(failure(written)).hasMessage("of the wrapper");
            channel.writeAndFlush(text("behind"));
            assertThat(client.read(6)).asString(StandardCharsets.US_ASCII).isEqualTo("behind");
        }
    }

    @Test
    void aWrapperThatFailsOnTheWayClosesTheConnection() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        serve(channel -> channel.pipeline().addLast(new FileMessageHandler()));
        try (Client client = connect()) {
            Channel channel = accept();
            ChannelFuture written = writeWrapped(channel, source, 2);
            int first = "head".length() + WindowPolicy.FIRST;
            assertThat(client.read(first)).hasSize(first); // the second follows when the socket has taken all of it
            assertThat(failure(written)).hasMessage("of the wrapper");
            assertThat(client.read(MIB)).isEmpty();
            Await.until("closed", () -> !channel.isOpen());
        }
    }

    @Test
    void aBuilderGivesItsHeadToTheFirstMessage() throws Exception {
        TestFile source = TestFile.create(directory, 100);
        serve(channel -> channel.pipeline().addLast(new FileMessageHandler()));
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            FileMessage.Builder builder = FileMessage.builder(file).head(text("head"));
            channel.write(builder.build());
            channel.writeAndFlush(builder.build());
            file.close();
            assertThat(client.read(4)).asString(StandardCharsets.US_ASCII).isEqualTo("head");
            TestFile.assertSame(client.read(100), source.content, "first");
            TestFile.assertSame(client.read(100), source.content, "second");
        }
    }

    /** As another thread does it: after the handler has looked, before it listens. */
    @Test
    void aPromiseCancelledWhileItsMessageIsTakenUpSendsNothing() throws Exception {
        TestFile source = TestFile.create(directory, MIB);
        serve(channel -> channel.pipeline().addLast(new FileMessageHandler()));
        try (Client client = connect()) {
            Channel channel = accept();
            NettyAioFile file = open(channel, source);
            FileMessage message = FileMessage.builder(file).head(text("head")).build();
            file.close();
            channel.write(message, new DefaultChannelPromise(channel) {
                private boolean looked;

                @Override
                public boolean isCancelled() {
                    boolean answer = super.isCancelled();
                    if (!looked) {
                        looked = true;
                        cancel(false);
                    }
                    return answer;
                }
            });
            channel.writeAndFlush(text("behind"));
            assertThat(client.read(6)).asString(StandardCharsets.US_ASCII).isEqualTo("behind");
            Await.until("message released", () -> message.refCnt() == 0);
        }
    }
}
