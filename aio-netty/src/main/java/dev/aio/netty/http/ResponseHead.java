package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Renders a response's head straight into the buffer that its content may follow in. For a whole
 * file it copies prepared bytes and allocates nothing, which HttpResponseEncoder and the objects it
 * wants cannot do.
 */
final class ResponseHead {

    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] NOSNIFF = ascii("X-Content-Type-Options: nosniff\r\n");
    private static final byte[] TEXT_TYPE =
            ascii("Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");

    /** Digits of {@link Long#MAX_VALUE}. */
    private static final int MAX_DIGITS = 19;

    private ResponseHead() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Bytes that {@link #write} appends at most. */
    static int maxLength(ResponsePlan plan) {
        FileHead file = plan.file();
        String text = plan.text();
        int length = VERSION.length
                + plan.status().reasonPhrase().length()
                + 6 // code, blank and line end
                + DateHeader.LENGTH
                + (file == null ? TEXT_TYPE.length : file.length())
                + CONTENT_LENGTH.length
                + MAX_DIGITS
                + 2
                + Persistence.MAX_LENGTH
                + 2
                + (text == null ? 0 : (int) plan.contentLength());
        List<HeaderField> fields = plan.fields();
        for (int i = 0; i < fields.size(); i++) {
            length += fields.get(i).length();
        }
        return length;
    }

    /**
     * Appends the head, and the text where the plan has one to send. The bytes of the file are left
     * to the caller.
     *
     * @param nowMillis the time of the response in ms since the epoch
     */
    static void write(ByteBuf out, ResponsePlan plan, Persistence persistence, DateHeader date, long nowMillis) {
        if (plan.status() == HttpResponseStatus.OK) {
            date.writeBehindOk(out, nowMillis);
        } else {
            writeStatusLine(out, plan.status());
            date.write(out, nowMillis);
        }
        if (persistence == Persistence.KEEP_ALIVE && plan.isWholeAsPlanned()) {
            plan.file().writeRestOfWhole(out); // two copies, and the commonest head is there
        } else {
            writeBehindDate(out, plan, persistence);
        }
    }

    /** The part of {@link #write} that is the same at any time. */
    static void writeBehindDate(ByteBuf out, ResponsePlan plan, Persistence persistence) {
        writeRepresentation(out, plan);
        List<HeaderField> fields = plan.fields();
        for (int i = 0; i < fields.size(); i++) { // an iterator would be an allocation
            fields.get(i).write(out);
        }
        if (plan.contentLength() != ResponsePlan.NO_LENGTH) {
            out.writeBytes(CONTENT_LENGTH);
            writeDecimal(out, plan.contentLength());
            writeLineEnd(out);
        }
        out.writeBytes(persistence.fieldLine());
        writeLineEnd(out);
        String text = plan.text();
        if (text != null) {
            ByteBufUtil.writeUtf8(out, text);
        }
    }

    /** The fields that {@link #write} writes, as Netty's objects have them. */
    static void addTo(HttpHeaders headers, ResponsePlan plan, Persistence persistence, long nowMillis) {
        headers.set(HttpHeaderNames.DATE, dateOf(nowMillis));
        FileHead file = plan.file();
        if (file == null) {
            if (plan.isText()) {
                headers.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
                headers.set(FieldNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
            }
        } else {
            fieldList(plan, file).forEach(field -> field.addTo(headers));
        }
        plan.fields().forEach(field -> field.addTo(headers)); // a Content-Type among them replaces that of the file
        if (plan.contentLength() != ResponsePlan.NO_LENGTH) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, plan.contentLength());
        }
        persistence.addTo(headers);
    }

    private static List<HeaderField> fieldList(ResponsePlan plan, FileHead file) {
        if (plan.status() == HttpResponseStatus.NOT_MODIFIED) {
            return file.fieldListOfNotModified();
        }
        return plan.isRepresentation() ? file.fieldList() : file.fieldListOfPage();
    }

    private static String dateOf(long nowMillis) {
        return new String(HttpDates.format(Math.floorDiv(nowMillis, 1_000L)), StandardCharsets.US_ASCII);
    }

    private static void writeStatusLine(ByteBuf out, HttpResponseStatus status) {
        out.writeBytes(VERSION);
        ByteBufUtil.writeAscii(out, status.codeAsText());
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, status.reasonPhrase());
        writeLineEnd(out);
    }

    private static void writeRepresentation(ByteBuf out, ResponsePlan plan) {
        FileHead file = plan.file();
        if (file == null) {
            if (plan.isText()) {
                out.writeBytes(plan.isPlainText() ? TEXT_TYPE : NOSNIFF);
            }
        } else if (plan.status() == HttpResponseStatus.NOT_MODIFIED) {
            file.writeFieldsOfNotModified(out);
        } else if (plan.parts() != null) {
            file.writeFieldsOfParts(out); // Content-Type is among the plan's own
        } else if (!plan.isRepresentation()) {
            file.fieldListOfPage().forEach(field -> field.write(out));
        } else {
            file.writeFields(out);
        }
    }

    private static void writeDecimal(ByteBuf out, long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        out.ensureWritable(digits);
        int end = out.writerIndex() + digits;
        out.writerIndex(end);
        long rest = value;
        for (int i = end - 1; i >= end - digits; i--) {
            out.setByte(i, '0' + (int) (rest % 10));
            rest /= 10;
        }
    }

    private static void writeLineEnd(ByteBuf out) {
        out.writeByte('\r').writeByte('\n');
    }
}
