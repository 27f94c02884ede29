package dev.aio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritabilityTest extends TransportSuite {

    @Test
    void whoComesWhileItIsFullIsToldWhenItIsNoLonger() throws Exception {
        try (TestTransport t = transport(options -> options.waterMarks(1, 2))) {
            AioLoop loop = t.aioLoop();
            loop.load().enter();
            loop.load().enter();
            assertThat(loop.isWritable()).isFalse();
            TestTransport.run(loop.eventLoop(), () -> {}); // a change that nobody heard of
            List<Boolean> told = new ArrayList<>(); // on the loop
            loop.addWritabilityListener((from, writable) -> told.add(writable));
            loop.load().leave();
            Await.until("told", () -> TestTransport.on(loop.eventLoop(), () -> told.equals(List.of(true))));
            loop.load().leave();
        }
    }
}
