package dev.aio.netty.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3986 3.2.2 and RFC 4291 2.2. */
class IpLiteralTest {

    private static boolean isLiteral(String address) {
        byte[] bytes = ("[" + address + "]").getBytes(StandardCharsets.ISO_8859_1);
        return IpLiteral.end(bytes, 0, bytes.length) == bytes.length;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "1::3:4:5:6:7:8",
                "ABCD:ef01::",
                "::1.2.3.4",
                "::ffff:1.2.3.4",
                "::ffff:1f:1.2.3.4",
                "1:2:3:4:5:6:1.2.3.4",
                "1::255.0.10.199",
                "v1.a",
                "Vf0.a:b!"
            })
    void addressesAreKnown(String address) {
        assertThat(isLiteral(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "1",
                "1:",
                ":1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1::2::3",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7:",
                "::1%eth0",
                "::1/64",
                "1.2.3.4",
                "::1.2.3",
                "::1.2.3.4.5",
                "::1.2.3.256",
                "::01.2.3.4",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3.",
                "::.1.2.3",
                "v.a",
                "v1.",
                "v1",
                "vg.a",
                "v1.a b",
                " ::1"
            })
    void otherThingsAreRefused(String address) {
        assertThat(isLiteral(address)).isFalse();
    }

    @Test
    void theReferenceGrammarAgrees() {
        Random random = new Random(1);
        String[] pieces = {
            ":", "::", ":", ".", "0", "1", "ff", "abcd", "12345", "255", "256", "1.2.3.4", ":1:2:3:4", "01"
        };
        int known = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder address = new StringBuilder();
            for (int left = 1 + random.nextInt(12); left > 0; left--) {
                address.append(pieces[random.nextInt(pieces.length)]);
            }
            boolean literal = isLiteral(address.toString());
            assertThat(literal).as("%s", address).isEqualTo(ReferenceGrammar.isIpV6(address.toString()));
            known += literal ? 1 : 0;
        }
        assertThat(known).isGreaterThan(1_000);
    }
}
