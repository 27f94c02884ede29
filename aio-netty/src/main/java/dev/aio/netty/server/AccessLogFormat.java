package dev.aio.netty.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.aio.netty.http.AccessEntry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a line of the access log looks. What a client sent is escaped: it cannot forge a line or a field. */
enum AccessLogFormat {

    /** NCSA's, as nginx and Apache httpd write it. */
    COMMON {
        @Override
        void append(StringBuilder line, AccessEntry entry) {
            common(line, entry);
        }
    },

    /** The same and the two headers that log analysers want. */
    COMBINED {
        @Override
        void append(StringBuilder line, AccessEntry entry) {
            common(line, entry);
            line.append(' ');
            quote(line, entry.referer());
            line.append(' ');
            quote(line, entry.userAgent());
        }
    },

    /** One object a line; times in ISO 8601 and milliseconds. */
    JSON {
        @Override
        void append(StringBuilder line, AccessEntry entry) {
            StringWriter out = new StringWriter(256);
            try (JsonGenerator json = JSON_FACTORY.createGenerator(out)) {
                json.writeStartObject();
                json.writeStringField(
                        "time", Instant.ofEpochMilli(entry.receivedMillis()).toString());
                json.writeStringField("client", address(entry.client()));
                json.writeStringField("method", entry.method());
                json.writeStringField("target", entry.target());
                json.writeStringField("protocol", entry.protocol());
                json.writeNumberField("status", entry.status());
                json.writeNumberField("bytes", entry.bodyBytes());
                json.writeBooleanField("complete", entry.complete());
                json.writeNumberField("ms", entry.nanos() / 1000 / 1000.0);
                optional(json, "host", entry.host());
                optional(json, "referer", entry.referer());
                optional(json, "user_agent", entry.userAgent());
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // not into memory
            }
            line.append(out.getBuffer());
        }
    };

    private static final JsonFactory JSON_FACTORY = new JsonFactory();

    // As everybody else writes it: in English, whatever the locale, with the offset of the host's own time zone.
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /** Appends one entry, without the line's end. */
    abstract void append(StringBuilder line, AccessEntry entry);

    private static void common(StringBuilder line, AccessEntry entry) {
        line.append(address(entry.client())).append(" - - [");
        TIME.formatTo(
                ZonedDateTime.ofInstant(Instant.ofEpochMilli(entry.receivedMillis()), ZoneId.systemDefault()), line);
        line.append("] \"");
        escape(line, entry.method());
        if (!entry.target().isEmpty()) {
            line.append(' ');
            escape(line, entry.target());
            line.append(' ');
            escape(line, entry.protocol());
        }
        line.append("\" ").append(entry.status()).append(' ').append(entry.bodyBytes());
    }

    private static void quote(StringBuilder line, @Nullable String value) {
        line.append('"');
        if (value == null) {
            line.append('-');
        } else {
            escape(line, value);
        }
        line.append('"');
    }

    /** As nginx does: quotes, backslashes and what is not printable ASCII become {@code \xHH}. */
    private static void escape(StringBuilder line, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                line.append(c);
            } else {
                if (c > 0xff) {
                    hex(line, c >> 8);
                }
                hex(line, c & 0xff);
            }
        }
    }

    private static void hex(StringBuilder line, int octet) {
        line.append("\\x").append(HEX[octet >> 4]).append(HEX[octet & 15]);
    }

    private static void optional(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static String address(SocketAddress client) {
        if (client instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String text = inet.getAddress().getHostAddress(); // never a name: that would ask a name server
            int scope = text.indexOf('%');
            return scope < 0 ? text : text.substring(0, scope);
        }
        return "-";
    }
}
