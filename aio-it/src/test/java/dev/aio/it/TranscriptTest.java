package dev.aio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The net that every other test of this package hangs in must have no hole. */
class TranscriptTest {

    @Test
    void shouldReportLeaks() {
        assertThat(problems("SEVERE: LEAK: ByteBuf.release() was not called before it's garbage-collected."))
                .hasSize(1);
    }

    @Test
    void shouldReportWhatCheckJniSaysOfOurNatives() {
        String[] report = {
            "WARNING in native method: JNI call made without checking exceptions when required to from NewByteArray",
            "\tat dev.aio.core.internal.Native.view(java.base@17/Native Method)"
        };

        assertThat(problems(report)).hasSize(1);
    }

    @Test
    void shouldReportFatalNativeErrorsWhoseverTheyAre() {
        assertThat(problems("FATAL ERROR in native method: Wrong object class", "\tat io.netty.channel.epoll.Native.x"))
                .hasSize(1);
    }

    @Test
    void shouldIgnoreTheTwoReportsThatNettyIsKnownFor() {
        String[] noise = {
            "WARNING: JNI local refs: 33, exceeds capacity: 32",
            "\tat io.netty.channel.epoll.NativeStaticallyReferencedJniMethods.epollin(Native Method)",
            "\tat io.netty.channel.epoll.Native.<clinit>(Native.java:92)",
            "WARNING in native method: JNI call made without checking exceptions when required to from CallObjectMethod",
            "\tat io.netty.channel.unix.Socket.newSocketStreamFd(Native Method)",
            "listening on http://127.0.0.1:8080"
        };

        assertThat(problems(noise)).isEmpty();
    }

    @Test
    void shouldReportStackTraces() {
        assertThat(problems("java.lang.IllegalStateException: odd", "\tat dev.aio.netty.AioLoop.read(AioLoop.java:1)"))
                .hasSize(1);
    }

    private static List<String> problems(String... lines) {
        return new Transcript(List.of(lines)).problems();
    }
}
