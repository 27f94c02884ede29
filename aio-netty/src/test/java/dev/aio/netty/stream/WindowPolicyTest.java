package dev.aio.netty.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalServerChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowPolicyTest {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final long MILLI = 1_000_000;

    private final WindowPolicy policy = new WindowPolicy();

    @Test
    void aNewConnectionBeginsWithTheLargest() {
        assertThat(policy.size()).isEqualTo(256 * KIB);
        assertThat(policy.isSlow()).isFalse();
    }

    /** Bytes drained and milliseconds that took; then the size of the next window. */
    @ParameterizedTest
    @CsvSource({
        "262144, 250, 262144",
        "262144, 251, 65536",
        "65536, 0, 262144",
        "65536, 62, 262144", // 256 KiB would take 248 ms
        "65536, 63, 65536",
        "65536, 250, 65536",
        "65536, 251, 16384",
        "65536, 16000, 16384", // 4 KiB/s
        "16384, 62, 65536",
        "16384, 63, 16384",
        "100, 10, 262144", // too few to tell
        "100, 10000, 262144",
    })
    void theSizeFollowsTheRate(long bytes, long millis, int expected) {
        policy.drained(bytes, millis * MILLI);
        assertThat(policy.size()).isEqualTo(expected);
    }

    /** Milliseconds that 16 KiB took a client which was slow before; then the size of the next window. */
    @ParameterizedTest
    @CsvSource({
        "12, 65536", // 64 KiB would take 48 ms
        "13, 16384",
    })
    void theSizeGrowsWhereALargerOneWouldDrainSoon(long millis, int expected) {
        policy.drained(256 * KIB, 60_000 * MILLI);
        policy.drained(16 * KIB, millis * MILLI);
        assertThat(policy.size()).isEqualTo(expected);
    }

    @Test
    void theSizeStaysWithinItsBounds() {
        for (int i = 0; i < 10; i++) {
            policy.drained(policy.size(), 1);
        }
        assertThat(policy.size()).isEqualTo(WindowPolicy.LARGEST);
        for (int i = 0; i < 10; i++) {
            policy.drained(policy.size(), 10_000 * MILLI);
        }
        assertThat(policy.size()).isEqualTo(WindowPolicy.SMALLEST);
    }

    @Test
    void aClientThatRecoversGrowsAgain() {
        policy.drained(64 * KIB, 5_000 * MILLI);
        assertThat(policy.isSlow()).isTrue();
        policy.drained(16 * KIB, MILLI);
        assertThat(policy.isSlow()).isFalse();
        policy.drained(64 * KIB, MILLI);
        assertThat(policy.size()).isEqualTo(WindowPolicy.LARGEST);
    }

    /** Of a client that drains at once: pool, in use, held by it; then the next window. */
    @ParameterizedTest
    @CsvSource({
        "64, 0, 0, 262144",
        "64, 0, 262144, 262144",
        "64, 0, 524288, 262144",
        "64, 0, 524289, 262144", // not in pieces, but the nearest
        "64, 0, 1179648, 262144",
        "64, 0, 1179649, 0",
        "64, 0, 1310720, 0",
        "64, 8, 0, 262144", // 439 KiB
        "64, 8, 262144, 262144",
        "64, 8, 393216, 0",
        "64, 18, 0, 65536", // 91 KiB
        "64, 18, 65536, 0",
        "2, 1, 0, 16384", // 5 KiB
        "2, 1, 65536, 0",
        "2, 2, 0, 16384", // one window is everybody's right
        "2, 2, 16384, 0",
    })
    void whoDrainsReadsAheadAsFarAsThePoolAllows(long limitMib, long inUseMib, long held, int expected) {
        policy.drained(64 * KIB, 1);
        policy.took(held);
        assertThat(policy.next(limitMib * MIB, inUseMib * MIB, held)).isEqualTo(expected);
    }

    /** Of a client that drains slowly: pool, in use, held by it; then the next window. */
    @ParameterizedTest
    @CsvSource({
        "64, 0, 0, 16384",
        "64, 0, 16384, 0", // nothing is read ahead
        "64, 47, 0, 16384",
        "64, 48, 0, 0", // the last quarter is for others
        "64, 64, 0, 0",
    })
    void whoDrainsSlowlyLeavesAReserve(long limitMib, long inUseMib, long held, int expected) {
        policy.drained(64 * KIB, 60_000 * MILLI);
        policy.took(held);
        assertThat(policy.next(limitMib * MIB, inUseMib * MIB, held)).isEqualTo(expected);
    }

    @Test
    void whoComesLateFindsLessButSomething() {
        long limit = 64 * MIB;
        long inUse = 0;
        for (int connection = 0; connection < 40; connection++) {
            WindowPolicy one = new WindowPolicy();
            one.drained(64 * KIB, 1);
            long held = 0;
            for (int next = one.next(limit, inUse, held); next > 0; next = one.next(limit, inUse, held)) {
                one.took(next);
                held += next;
                inUse += next;
            }
            assertThat(held).isBetween((long) WindowPolicy.SMALLEST, (long) WindowPolicy.CONNECTION);
        }
        assertThat(inUse).isLessThan(limit);
    }

    /** As streams of HTTP/2 are. */
    private static EmbeddedChannel streamOf(Channel connection) {
        return EmbeddedChannel.builder().parent(connection).build();
    }

    @Test
    void streamsOfOneConnectionShareWhatOneMayHave() {
        EmbeddedChannel connection = new EmbeddedChannel();
        long limit = 256 * MIB;
        long total = 0;
        for (int stream = 0; stream < 100; stream++) {
            WindowPolicy one = WindowPolicy.of(streamOf(connection));
            long held = 0;
            for (int next = one.next(limit, total, held); next > 0; next = one.next(limit, total, held)) {
                one.took(next);
                held += next;
                total += next;
            }
            assertThat(held).as("stream %s", stream).isGreaterThanOrEqualTo(WindowPolicy.SMALLEST);
        }
        assertThat(total).isLessThanOrEqualTo(WindowPolicy.CONNECTION + 100L * WindowPolicy.SMALLEST);
    }

    @Test
    void whatAStreamGivesBackIsThereForAnother() {
        EmbeddedChannel connection = new EmbeddedChannel();
        WindowPolicy one = WindowPolicy.of(streamOf(connection));
        WindowPolicy other = WindowPolicy.of(streamOf(connection));
        one.took(WindowPolicy.CONNECTION);
        assertThat(other.next(64L * MIB, 0, 0)).isEqualTo(WindowPolicy.SMALLEST);
        one.gaveBack(WindowPolicy.CONNECTION);
        assertThat(other.next(64L * MIB, 0, 0)).isEqualTo(WindowPolicy.FIRST);
    }

    /** The channel that has accepted them is no connection. */
    @Test
    void connectionsShareNothing() {
        Channel listener = new LocalServerChannel();
        WindowPolicy one = WindowPolicy.of(streamOf(listener));
        WindowPolicy other = WindowPolicy.of(streamOf(listener));
        one.took(WindowPolicy.CONNECTION);
        assertThat(other.next(64L * MIB, 0, 0)).isEqualTo(WindowPolicy.FIRST);
    }
}
