package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that every response with one file carries, rendered once per version of the file.
 *
 * <p>Immutable, but not for ever right: a young file's tag is weak and turns strong by itself. Keep
 * what {@link #at} returns, and ask it again for every response.
 */
final class FileHead {

    private static final HeaderField NOSNIFF = new HeaderField(FieldNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    private static final HeaderField VARY = new HeaderField(FieldNames.VARY, "Accept-Encoding");

    private static final Set<AsciiString> OF_A_VERSION =
            Set.of(FieldNames.LAST_MODIFIED, FieldNames.ETAG, FieldNames.ACCEPT_RANGES, FieldNames.CACHE_CONTROL);

    private final Representation representation;
    private final @Nullable EntityTag entityTag;
    private final long lastModifiedSecond;
    private final long validUntilMillis;
    private final List<HeaderField> fieldList;
    private final List<HeaderField> fieldListOfNotModified;
    private final byte[] fields;
    private final int endOfType;
    private final byte[] fieldsOfNotModified;
    private final ResponsePlan whole;
    private final byte[] restOfWhole;

    private FileHead(Representation representation, long nowMillis) {
        this.representation = representation;
        FileFacts facts = representation.facts();
        entityTag = representation.entityTag(nowMillis);
        lastModifiedSecond = lastModifiedSecond(facts, nowMillis);
        validUntilMillis = validUntilMillis(facts, nowMillis);
        HeaderField type = new HeaderField(FieldNames.CONTENT_TYPE, representation.contentType());
        endOfType = type.length();
        fieldList = List.copyOf(fields(type));
        fieldListOfNotModified = List.copyOf(fieldsOfNotModified());
        fields = render(fieldList);
        fieldsOfNotModified = render(fieldListOfNotModified);
        whole = ResponsePlan.whole(this);
        restOfWhole = restOfWhole();
    }

    private byte[] restOfWhole() {
        ByteBuf out = Unpooled.buffer();
        ResponseHead.writeBehindDate(out, whole, Persistence.KEEP_ALIVE);
        return bytesOf(out);
    }

    static FileHead of(Representation representation, long nowMillis) {
        return new FileHead(representation, nowMillis);
    }

    /** This, or where time has changed what it says, its successor. */
    FileHead at(long nowMillis) {
        return nowMillis < validUntilMillis ? this : of(representation, nowMillis);
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

    private List<HeaderField> fields(HeaderField type) {
        List<HeaderField> all = new ArrayList<>();
        all.add(type);
        if (representation.coding() != null) {
            all.add(new HeaderField(
                    FieldNames.CONTENT_ENCODING, representation.coding().token()));
        }
        all.add(lastModified());
        if (entityTag != null) {
            all.add(new HeaderField(FieldNames.ETAG, entityTag.toString()));
        }
        all.add(new HeaderField(FieldNames.ACCEPT_RANGES, representation.ranges() ? "bytes" : "none"));
        addCaching(all);
        all.add(NOSNIFF);
        all.addAll(representation.more());
        return all;
    }

    /**
     * What a 304 must repeat and nothing more (RFC 9110 15.4.5); the date only where there is no tag
     * to find the stored response by.
     */
    private List<HeaderField> fieldsOfNotModified() {
        List<HeaderField> all = new ArrayList<>();
        all.add(entityTag == null ? lastModified() : new HeaderField(FieldNames.ETAG, entityTag.toString()));
        addCaching(all);
        all.addAll(representation.more());
        return all;
    }

    private HeaderField lastModified() {
        String date = new String(HttpDates.format(lastModifiedSecond), StandardCharsets.US_ASCII);
        return new HeaderField(FieldNames.LAST_MODIFIED, date);
    }

    private void addCaching(List<HeaderField> all) {
        if (representation.varies()) {
            all.add(VARY);
        }
        if (representation.cacheControl() != null) {
            all.add(new HeaderField(FieldNames.CACHE_CONTROL, representation.cacheControl()));
        }
    }

    private static byte[] render(List<HeaderField> fields) {
        ByteBuf out = Unpooled.buffer();
        fields.forEach(field -> field.write(out));
        return bytesOf(out);
    }

    private static byte[] bytesOf(ByteBuf out) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    FileFacts facts() {
        return representation.facts();
    }

    String contentType() {
        return representation.contentType();
    }

    /** Whether the bytes are coded, so that a part of them means nothing by itself. */
    boolean isCoded() {
        return representation.coding() != null;
    }

    /** Whether another Accept-Encoding may be answered with another file. */
    boolean varies() {
        return representation.varies();
    }

    @Nullable
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

    /** Bytes that {@link #writeFields} appends, which is the longest of all. */
    int length() {
        return fields.length;
    }

    /** Appends all that is said of the file, Content-Type first. */
    void writeFields(ByteBuf out) {
        out.writeBytes(fields);
    }

    /** Appends what follows the date in the head of a response with {@link #whole}, over a connection that stays open. */
    void writeRestOfWhole(ByteBuf out) {
        out.writeBytes(restOfWhole);
    }

    /** What {@link #writeFields} appends. */
    List<HeaderField> fieldList() {
        return fieldList;
    }

    /** What {@link #writeFieldsOfNotModified} appends. */
    List<HeaderField> fieldListOfNotModified() {
        return fieldListOfNotModified;
    }

    /** Appends the same without Content-Type, which each part has for itself. */
    void writeFieldsOfParts(ByteBuf out) {
        out.writeBytes(fields, endOfType, fields.length - endOfType);
    }

    /** What is said of the file where it is a page that says why there is no other: it has no version. */
    List<HeaderField> fieldListOfPage() {
        return fieldList.stream()
                .filter(field -> !OF_A_VERSION.contains(field.name()))
                .toList();
    }

    /** Appends what a 304 carries. */
    void writeFieldsOfNotModified(ByteBuf out) {
        out.writeBytes(fieldsOfNotModified);
    }
}
