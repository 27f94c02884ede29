package dev.aio.netty.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file that lies within it.
 *
 * @param position of its first byte
 * @param length in bytes, at least 1
 */
record ByteRange(long position, long length) {

    private static final String UNIT = "bytes=";

    /**
     * One range-spec. Blanks around the hyphen are not in the grammar; Apache and Go take them, and
     * what they mean is plain. Possessive quantifiers, so that no input makes it backtrack.
     */
    private static final Pattern SPEC = Pattern.compile("(\\d*+)[ \\t]*+-[ \\t]*+(\\d*+)");

    /**
     * Reads the value of a Range field, RFC 9110 14.1.1 and 14.1.2.
     *
     * @param size of the file in bytes
     * @return the satisfiable ranges in the order asked for, none of which means 416; or empty if
     *     the field is to be ignored, because the unit is another or any of its ranges malformed
     */
    static Optional<List<ByteRange>> parse(String fieldValue, long size) {
        if (!fieldValue.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return Optional.empty();
        }
        List<ByteRange> satisfiable = new ArrayList<>(1);
        boolean any = false;
        for (String element : fieldValue.substring(UNIT.length()).split(",")) {
            String spec = element.trim();
            if (spec.isEmpty()) {
                continue; // RFC 9110 5.6.1.2: empty list elements are skipped
            }
            Matcher parts = SPEC.matcher(spec);
            if (!parts.matches() || !add(parts.group(1), parts.group(2), size, satisfiable)) {
                return Optional.empty();
            }
            any = true;
        }
        return any ? Optional.of(satisfiable) : Optional.empty();
    }

    /** Adds the range if it is satisfiable; false if it is malformed. */
    private static boolean add(String first, String last, long size, List<ByteRange> satisfiable) {
        if (first.isEmpty()) {
            if (last.isEmpty()) {
                return false;
            }
            long length = Math.min(number(last), size);
            if (length > 0) {
                satisfiable.add(new ByteRange(size - length, length));
            }
            return true;
        }
        long from = number(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : number(last);
        if (to < from) {
            return false;
        }
        if (from < size) {
            satisfiable.add(new ByteRange(from, Math.min(to, size - 1) - from + 1));
        }
        return true;
    }

    /** A number of any length; those that no file reaches become {@link Long#MAX_VALUE}. */
    private static long number(String digits) {
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return Long.MAX_VALUE;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /**
     * The same bytes in ranges that neither overlap nor adjoin (RFC 9110 15.3.7.2), each where the
     * first of those stood that it is made of: clients ask in the order in which they need.
     */
    static List<ByteRange> coalesce(List<ByteRange> ranges) {
        List<ByteRange> coalesced = new ArrayList<>(ranges.size());
        for (ByteRange next : ranges) {
            int place = -1;
            ByteRange grown = next;
            for (int i = 0; i < coalesced.size(); i++) {
                if (!coalesced.get(i).touches(next)) {
                    continue;
                }
                grown = grown.with(coalesced.get(i));
                if (place < 0) {
                    place = i;
                } else {
                    coalesced.remove(i--);
                }
            }
            if (place < 0) {
                coalesced.add(next);
            } else {
                coalesced.set(place, grown);
            }
        }
        return coalesced;
    }

    private boolean touches(ByteRange other) {
        return position <= other.end() && other.position <= end();
    }

    /** From the first byte of either to the last. */
    private ByteRange with(ByteRange other) {
        long start = Math.min(position, other.position);
        return new ByteRange(start, Math.max(end(), other.end()) - start);
    }

    /** The position behind its last byte. */
    private long end() {
        return position + length;
    }

    /** The Content-Range of this part (RFC 9110 14.4). */
    String contentRange(long size) {
        return "bytes " + position + '-' + (position + length - 1) + '/' + size;
    }

    /** The Content-Range of a 416, which tells the client the size (RFC 9110 15.5.17). */
    static String unsatisfied(long size) {
        return "bytes */" + size;
    }
}
