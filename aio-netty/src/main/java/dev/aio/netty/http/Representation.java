package dev.aio.netty.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a file that is served, but for what depends on the time: a representation in the
 * sense of RFC 9110 8.
 *
 * @param facts of the inode whose bytes are sent
 * @param contentType value of Content-Type, which for a coded file is that of what it decodes to
 * @param opaqueTag what stands between the quotes of the entity tag; null for no tag
 * @param coding what the bytes are coded with; null if they are as they are
 * @param varies whether a request with another Accept-Encoding may be answered with another one
 * @param cacheControl value of Cache-Control; null for none
 * @param ranges whether parts of it can be asked for
 * @param more what is said of all files alike
 */
record Representation(
        FileFacts facts,
        String contentType,
        @Nullable String opaqueTag,
        @Nullable ContentCoding coding,
        boolean varies,
        @Nullable String cacheControl,
        boolean ranges,
        List<HeaderField> more) {

    Representation(
            FileFacts facts,
            String contentType,
            @Nullable String opaqueTag,
            @Nullable ContentCoding coding,
            boolean varies,
            @Nullable String cacheControl,
            boolean ranges) {
        this(facts, contentType, opaqueTag, coding, varies, cacheControl, ranges, List.of());
    }

    /** A file of that type with the usual tag and nothing special about it. */
    static Representation of(FileFacts facts, String contentType) {
        return new Representation(facts, contentType, EntityTag.opaqueOf(facts), null, false, null, true);
    }

    /** The tag at this time; no coded representation has that of another (RFC 9110 8.8.3.3). */
    @Nullable
    EntityTag entityTag(long nowMillis) {
        if (opaqueTag == null) {
            return null;
        }
        String opaque = '"' + opaqueTag + (coding == null ? "" : '-' + coding.token()) + '"';
        return new EntityTag(opaque, !facts.isSettled(nowMillis));
    }
}
