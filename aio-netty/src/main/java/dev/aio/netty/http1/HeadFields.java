package dev.aio.netty.http1;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a section that has been checked, as the bytes that came: a value becomes a string when it is
 * asked for, which most never are. Iterating and changing turn all of them into Netty's headers, once.
 *
 * <p>May be read by several threads at once, like Netty's.
 */
final class HeadFields extends HttpHeaders {

    private final byte[] bytes;
    private final int[] index;

    /** A bit for each name that is there: most names that are asked for are not, and this tells at once. */
    private final long names;

    /** Takes over when set. Volatile: a reader that finds it must find it whole. */
    private volatile HttpHeaders all;

    private HeadFields(byte[] bytes, int[] index) {
        this.bytes = bytes;
        this.index = index;
        long present = 0;
        for (int at = 0; at < index.length; at += HeadParser.STRIDE) {
            present |= bit(index[at + 1] - index[at], bytes[index[at]]);
        }
        names = present;
    }

    /** Names of one length that begin with the same letter share a bit, and so do a few others. */
    private static long bit(int length, int first) {
        return 1L << (31 * length + (first | 0x20)); // of the shift's distance the lowest six bits count
    }

    /** @param length bytes of the section, from the parser's first on */
    static HeadFields of(HeadParser parser, int length) {
        return new HeadFields(
                Arrays.copyOf(parser.bytes(), length),
                Arrays.copyOf(parser.index(), parser.fields() * HeadParser.STRIDE));
    }

    /** The index of the first field of that name from there on, or the index's length. */
    private int find(CharSequence name, int from) {
        int[] fields = index;
        int length = name.length();
        if (length == 0 || (names & bit(length, name.charAt(0))) == 0) {
            return fields.length;
        }
        for (int at = from; at < fields.length; at += HeadParser.STRIDE) {
            if (fields[at + 1] - fields[at] == length && isNamed(fields[at], name, length)) {
                return at;
            }
        }
        return fields.length;
    }

    private boolean isNamed(int start, CharSequence name, int length) {
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            byte b = bytes[start + i];
            if (c != b && (c > 0x7f || Octets.lower((byte) c) != Octets.lower(b))) {
                return false;
            }
        }
        return true;
    }

    private String value(int at) {
        int start = index[at + 2];
        return new String(bytes, start, index[at + 3] - start, StandardCharsets.ISO_8859_1);
    }

    private HttpHeaders all() {
        HttpHeaders current = all;
        return current != null ? current : convert();
    }

    private synchronized HttpHeaders convert() {
        if (all == null) {
            HttpHeaders converted = DefaultHttpHeadersFactory.headersFactory().newHeaders();
            for (int at = 0; at < index.length; at += HeadParser.STRIDE) {
                converted.add(new AsciiString(bytes, index[at], index[at + 1] - index[at], false), value(at));
            }
            all = converted;
        }
        return all;
    }

    @Override
    public String get(String name) {
        return get((CharSequence) name);
    }

    @Override
    public String get(CharSequence name) {
        HttpHeaders current = all;
        if (current != null) {
            return current.get(name);
        }
        int at = find(name, 0);
        return at < index.length ? value(at) : null;
    }

    @Override
    public boolean contains(String name) {
        return contains((CharSequence) name);
    }

    @Override
    public boolean contains(CharSequence name) {
        HttpHeaders current = all;
        return current != null ? current.contains(name) : find(name, 0) < index.length;
    }

    @Override
    public List<String> getAll(String name) {
        return getAll((CharSequence) name);
    }

    @Override
    public List<String> getAll(CharSequence name) {
        HttpHeaders current = all;
        if (current != null) {
            return current.getAll(name);
        }
        int at = find(name, 0);
        if (at == index.length) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; at < index.length; at = find(name, at + HeadParser.STRIDE)) {
            values.add(value(at));
        }
        return values;
    }

    /** Looks at the elements of every line with that name. */
    @Override
    public boolean containsValue(CharSequence name, CharSequence value, boolean ignoreCase) {
        return contains(name) && super.containsValue(name, value, ignoreCase);
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public int size() {
        HttpHeaders current = all;
        return current != null ? current.size() : index.length / HeadParser.STRIDE;
    }

    @Override
    public Integer getInt(CharSequence name) {
        return all().getInt(name);
    }

    @Override
    public int getInt(CharSequence name, int defaultValue) {
        return all().getInt(name, defaultValue);
    }

    @Override
    public Short getShort(CharSequence name) {
        return all().getShort(name);
    }

    @Override
    public short getShort(CharSequence name, short defaultValue) {
        return all().getShort(name, defaultValue);
    }

    @Override
    public Long getTimeMillis(CharSequence name) {
        return all().getTimeMillis(name);
    }

    @Override
    public long getTimeMillis(CharSequence name, long defaultValue) {
        return all().getTimeMillis(name, defaultValue);
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        return all().entries();
    }

    @Deprecated
    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
        return all().iterator();
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        return all().iteratorCharSequence();
    }

    @Override
    public Set<String> names() {
        return all().names();
    }

    @Override
    public HttpHeaders copy() {
        return all().copy();
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        all().add(name, value);
        return this;
    }

    @Override
    public HttpHeaders add(String name, Iterable<?> values) {
        all().add(name, values);
        return this;
    }

    @Override
    public HttpHeaders addInt(CharSequence name, int value) {
        all().addInt(name, value);
        return this;
    }

    @Override
    public HttpHeaders addShort(CharSequence name, short value) {
        all().addShort(name, value);
        return this;
    }

    @Override
    public HttpHeaders set(String name, Object value) {
        all().set(name, value);
        return this;
    }

    @Override
    public HttpHeaders set(String name, Iterable<?> values) {
        all().set(name, values);
        return this;
    }

    @Override
    public HttpHeaders setInt(CharSequence name, int value) {
        all().setInt(name, value);
        return this;
    }

    @Override
    public HttpHeaders setShort(CharSequence name, short value) {
        all().setShort(name, value);
        return this;
    }

    @Override
    public HttpHeaders remove(String name) {
        all().remove(name);
        return this;
    }

    @Override
    public HttpHeaders clear() {
        all().clear();
        return this;
    }
}
