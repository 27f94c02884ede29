package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The fields that every response with one file carries, rendered once per version of the file.
 *
 * <p>Immutable, but not for ever right: a young file's tag is weak and turns strong by itself. Keep
 * what {@link #at} returns, and ask it again for every response.
 */
final class FileHead {

    private final FileFacts facts;
    private final String contentType;
    private final EntityTag entityTag;
    private final long lastModifiedSecond;
    private final long validUntilMillis;
    private final byte[] fields;
    private final int endOfType;
    private final byte[] entityTagField;
    private final ResponsePlan whole;

    private FileHead(FileFacts facts, String contentType, long nowMillis) {
        this.facts = facts;
        this.contentType = contentType;
        entityTag = EntityTag.of(facts, nowMillis);
        lastModifiedSecond = lastModifiedSecond(facts, nowMillis);
        validUntilMillis = validUntilMillis(facts, nowMillis);

        HeaderField tag = new HeaderField(FieldNames.ETAG, entityTag.toString());
        String lastModified = new String(HttpDates.format(lastModifiedSecond), StandardCharsets.US_ASCII);
        entityTagField = render(List.of(tag));
        HeaderField type = new HeaderField(FieldNames.CONTENT_TYPE, contentType);
        endOfType = type.length();
        fields = render(List.of(
                type,
                new HeaderField(FieldNames.LAST_MODIFIED, lastModified),
                tag,
                new HeaderField(FieldNames.ACCEPT_RANGES, "bytes")));
        whole = ResponsePlan.whole(this);
    }

    /**
     * @param contentType value of the Content-Type field
     */
    static FileHead of(FileFacts facts, String contentType, long nowMillis) {
        return new FileHead(facts, contentType, nowMillis);
    }

    /** This, or where time has changed what it says, its successor. */
    FileHead at(long nowMillis) {
        return nowMillis < validUntilMillis ? this : of(facts, contentType, nowMillis);
    }

    /** Never later than the response itself (RFC 9110 8.8.2.1), whatever mtime says. */
    private static long lastModifiedSecond(FileFacts facts, long nowMillis) {
        return Math.min(facts.modifiedSeconds(), Math.floorDiv(nowMillis, 1_000L));
    }

    private static long validUntilMillis(FileFacts facts, long nowMillis) {
        if (facts.isFromFuture(nowMillis)) {
            return (Math.floorDiv(nowMillis, 1_000L) + 1) * 1_000;
        }
        return facts.isSettled(nowMillis) ? Long.MAX_VALUE : facts.settledAtMillis();
    }

    private static byte[] render(List<HeaderField> fields) {
        ByteBuf out = Unpooled.buffer();
        fields.forEach(field -> field.write(out));
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    FileFacts facts() {
        return facts;
    }

    String contentType() {
        return contentType;
    }

    EntityTag entityTag() {
        return entityTag;
    }

    /** The time in the Last-Modified field, in seconds since the epoch. */
    long lastModifiedSecond() {
        return lastModifiedSecond;
    }

    /**
     * The plan to send the whole file; kept here so that the commonest answer allocates nothing.
     */
    ResponsePlan whole() {
        return whole;
    }

    /** Bytes that {@link #writeFields} appends, which is the longer of the two. */
    int length() {
        return fields.length;
    }

    /** Appends Content-Type, Last-Modified, ETag and Accept-Ranges. */
    void writeFields(ByteBuf out) {
        out.writeBytes(fields);
    }

    /** Appends the same without Content-Type, which each part has for itself. */
    void writeFieldsOfParts(ByteBuf out) {
        out.writeBytes(fields, endOfType, fields.length - endOfType);
    }

    /** Appends what a 304 must repeat and nothing more (RFC 9110 15.4.5). */
    void writeEntityTag(ByteBuf out) {
        out.writeBytes(entityTagField);
    }
}
