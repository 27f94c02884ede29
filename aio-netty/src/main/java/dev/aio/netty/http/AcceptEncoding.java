package dev.aio.netty.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Which codings a client prefers to the plain file, RFC 9110 12.5.3.
 *
 * <p>The plain file is never refused, even to {@code identity;q=0} where nothing else is there: the RFC
 * leaves that open, and bytes that nobody asked for in this form are of more use than a 406 that
 * nobody expects; nginx and Go do the same.
 */
final class AcceptEncoding {

    /** Of a coding that the field does not mention. */
    private static final int UNSAID = -1;

    /** A quality of 1, in thousandths: three digits are all that RFC 9110 12.4.2 admits. */
    private static final int ONE = 1_000;

    private final int[] qualities = new int[ContentCoding.values().length];
    private int identity = UNSAID;
    private int others = UNSAID;

    private AcceptEncoding() {
        Arrays.fill(qualities, UNSAID);
    }

    /**
     * @param fieldLines values of the field, of which there may be several
     * @param offered codings that there may be files of
     * @return those that the client takes as gladly as the plain file or more so, the best first
     */
    static List<ContentCoding> preferred(Collection<String> fieldLines, Collection<ContentCoding> offered) {
        AcceptEncoding accepted = new AcceptEncoding();
        for (String line : fieldLines) {
            for (String element : line.split(",")) {
                accepted.read(element);
            }
        }
        List<ContentCoding> preferred = new ArrayList<>(offered.size());
        for (ContentCoding coding : offered) {
            if (accepted.of(coding) > 0 && accepted.of(coding) >= accepted.ofIdentity()) {
                preferred.add(accepted.place(coding, preferred), coding);
            }
        }
        return preferred;
    }

    /** Behind all that the client takes as gladly: then the order in which they were offered counts. */
    private int place(ContentCoding coding, List<ContentCoding> better) {
        int place = better.size();
        while (place > 0 && of(better.get(place - 1)) < of(coding)) {
            place--;
        }
        return place;
    }

    private int of(ContentCoding coding) {
        int quality = qualities[coding.ordinal()];
        return quality == UNSAID ? others : quality;
    }

    /** Unmentioned it is acceptable, but to who mentions codings the last choice. */
    private int ofIdentity() {
        return identity == UNSAID ? others : identity;
    }

    private void read(String element) {
        int semicolon = element.indexOf(';');
        String coding = (semicolon < 0 ? element : element.substring(0, semicolon)).strip();
        int quality = semicolon < 0 ? ONE : quality(element.substring(semicolon + 1));
        if (coding.equals("*")) {
            others = quality;
        } else if (coding.equalsIgnoreCase("identity")) {
            identity = quality;
        } else {
            for (ContentCoding known : ContentCoding.values()) {
                if (known.isNamed(coding)) {
                    qualities[known.ordinal()] = quality;
                }
            }
        }
    }

    /** In thousandths; 0 for what is no quality: a coding is sent to nobody who may not take it. */
    private static int quality(String parameter) {
        if (parameter.isBlank()) {
            return ONE;
        }
        int equals = parameter.indexOf('=');
        if (equals < 0 || !parameter.substring(0, equals).strip().equalsIgnoreCase("q")) {
            return 0;
        }
        String value = parameter.substring(equals + 1).strip();
        boolean valid = value.length() <= 5
                && (value.startsWith("0") || value.startsWith("1"))
                && (value.length() == 1 || value.charAt(1) == '.');
        int thousandths = 0;
        for (int i = 0; i < 5 && valid; i++) {
            char digit = i < value.length() ? value.charAt(i) : '0';
            if (i != 1) {
                valid = digit >= '0' && digit <= '9';
                thousandths = 10 * thousandths + digit - '0';
            }
        }
        return valid && thousandths <= ONE ? thousandths : 0;
    }
}
