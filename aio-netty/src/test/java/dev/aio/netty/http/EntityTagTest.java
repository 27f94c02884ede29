package dev.aio.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagTest {

    private static final long MODIFIED_MILLIS = 1_700_000_000_000L;
    private static final FileFacts FACTS = new FileFacts(0x1f4, MODIFIED_MILLIS * 1_000_000, 0xabc);
    private static final long LATER = MODIFIED_MILLIS + 60_000;

    private final EntityTag strong = new EntityTag("\"x\"", false);
    private final EntityTag weak = new EntityTag("\"x\"", true);

    @Test
    void itIsMadeOfTimeSizeAndInode_rfc9110_8_8_3() {
        assertThat(representation(FACTS).entityTag(LATER)).hasToString("\"17979cfe362a0000-1f4-abc\"");
    }

    @Test
    void everyFactChangesIt() {
        assertThat(List.of(
                        tag(1, 2, 3),
                        tag(0, 2, 3),
                        tag(1, 0, 3),
                        tag(1, 2, 0),
                        tag(12, 3, 3),
                        tag(1, 23, 3),
                        tag(-1, -2, -3)))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "RFC 9110 8.8.1: {0} ms after its change, weak is {1}")
    @CsvSource({
        "0, true",
        "1, true",
        "1999, true",
        "2000, false",
        "2001, false",
        "60000, false",
        "-1, true",
        "-60000, true",
    })
    void itIsWeakWhileTheFileIsYoung(long ageMillis, boolean expected) {
        EntityTag tag = representation(FACTS).entityTag(MODIFIED_MILLIS + ageMillis);

        assertThat(tag.weak()).isEqualTo(expected);
        assertThat(tag.toString().startsWith("W/")).isEqualTo(expected);
        assertThat(tag.opaque())
                .isEqualTo(representation(FACTS).entityTag(LATER).opaque());
    }

    @ParameterizedTest(name = "RFC 9110 13.1.2: If-None-Match: {0} names \"x\"")
    @ValueSource(
            strings = {
                "*",
                "\"x\"",
                "W/\"x\"",
                "\"a\", \"x\"",
                "\"a\",\"x\",\"b\"",
                "\"a\" ,\t\"x\" , \"b\"",
                ",,\"x\"",
                ", ,W/\"x\",",
                "\"a,\", \"x\"",
                "\"\", \"x\"",
                "\"a b\", \"x\"",
                "\"x\", broken",
                "broken, \"x\"",
                "wibble,\"x\",wobble",
                "w/\"a\", \"x\"",
                "\"a\"; \"b\", \"x\"",
            })
    void weakComparisonFindsTheTag(String value) {
        assertThat(EntityTag.isWeaklyIn(List.of(value), strong)).isTrue();
        assertThat(EntityTag.isWeaklyIn(List.of(value), weak)).isTrue();
    }

    @ParameterizedTest(name = "RFC 9110 13.1.2: If-None-Match: {0} does not name \"x\"")
    @ValueSource(
            strings = {
                "",
                ",",
                "x",
                "'x'",
                "\"",
                "\"x",
                "x\"",
                "W/",
                "W/x",
                "W/\"x",
                "w/\"x\"",
                "W/ \"x\"",
                "\"xx\"",
                "\"X\"",
                "\" x\"",
                "\"a\", \"b\"",
                "\"a\"; \"x\"",
                "\"x\"y",
                "\"x\" y",
                "broken \"x\"",
                "\"a, \"x\"",
                "\"*\"",
                "*, \"a\"",
                "**",
                "\"a,x\"",
                "\"\\\"x\"",
            })
    void weakComparisonFindsNoOther(String value) {
        assertThat(EntityTag.isWeaklyIn(List.of(value), strong)).isFalse();
    }

    @Test
    void everyFieldLineCounts_rfc9110_5_3() {
        assertThat(EntityTag.isWeaklyIn(List.of("\"a\"", "\"x\""), strong)).isTrue();
        assertThat(EntityTag.isWeaklyIn(List.of("broken", "\"x\""), strong)).isTrue();
        assertThat(EntityTag.isStronglyIn(List.of("\"a\"", "\"x\""), strong)).isTrue();
        assertThat(EntityTag.isWeaklyIn(List.of(), strong)).isFalse();
    }

    @ParameterizedTest(name = "RFC 9110 13.1.1: If-Match: {0} holds for \"x\" {1}, for W/\"x\" {2}")
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "*, true, true",
                "\"x\", true, false",
                "W/\"x\", false, false",
                "'W/\"x\", \"x\"', true, false",
                "'\"a\", \"x\"', true, false",
                "\"a\", false, false",
                "x, false, false",
                "'', false, false",
            })
    void strongComparisonTakesNoWeakTag(String value, boolean ofStrong, boolean ofWeak) {
        assertThat(EntityTag.isStronglyIn(List.of(value), strong)).isEqualTo(ofStrong);
        assertThat(EntityTag.isStronglyIn(List.of(value), weak)).isEqualTo(ofWeak);
    }

    @Test
    void whatHasNoTagIsAnyAndNoOther_rfc9110_13_1_1() {
        assertThat(EntityTag.isStronglyIn(List.of("*"), null)).isTrue();
        assertThat(EntityTag.isStronglyIn(List.of("\"x\""), null)).isFalse();
        assertThat(EntityTag.isWeaklyIn(List.of("*"), null)).isTrue();
        assertThat(EntityTag.isWeaklyIn(List.of("\"x\""), null)).isFalse();
    }

    @ParameterizedTest(name = "RFC 9110 8.8.3: {0} is no tag")
    @ValueSource(strings = {"a b", "a\"b", "a\r\nX: y", "\u00e9", "\u007f"})
    void aTagIsVisibleAscii(String opaque) {
        assertThatThrownBy(() -> new EntityTag('"' + opaque + '"', false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: visible ASCII, no quotes)");
    }

    @Test
    void codedFormsHaveTagsOfTheirOwn_rfc9110_8_8_3_3() {
        assertThat(List.of(tag(null), tag(ContentCoding.GZIP), tag(ContentCoding.BR), tag(ContentCoding.ZSTD)))
                .containsExactly("\"t\"", "\"t-gzip\"", "\"t-br\"", "\"t-zstd\"");
    }

    private static String tag(ContentCoding coding) {
        return new Representation(FACTS, "text/plain", "t", coding, true, null, true)
                .entityTag(LATER)
                .toString();
    }

    @ParameterizedTest(name = "RFC 9110 13.1.5: If-Range: {0} is \"x\": {1}")
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "\"x\", true",
                "W/\"x\", false",
                "\"a\", false",
                "*, false",
                "'\"x\", \"a\"', false",
            })
    void ifRangeIsOneTag(String value, boolean expected) {
        assertThat(strong.isStronglyEqualTo(value)).isEqualTo(expected);
        assertThat(weak.isStronglyEqualTo(value)).isFalse();
    }

    private static String tag(long size, long modifiedNanos, long inode) {
        return representation(new FileFacts(size, modifiedNanos, inode))
                .entityTag(LATER)
                .toString();
    }

    private static Representation representation(FileFacts facts) {
        return Representation.of(facts, "text/plain");
    }
}
