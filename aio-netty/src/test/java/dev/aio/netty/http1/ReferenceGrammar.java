package dev.aio.netty.http1;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar once more, as regular expressions over a whole stream: slow, without state, and written after
 * the RFCs rather than after the decoder, which must accept neither more nor less. Limits are not its
 * subject.
 */
final class ReferenceGrammar {

    private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]++";
    private static final String VALUE = "[\\x09\\x20-\\x7e\\x80-\\xff]*+";
    private static final String FIELD = "(" + TOKEN + "):(" + VALUE + ")\r\n";
    private static final String FIELDS = "((?:" + TOKEN + ":" + VALUE + "\r\n)*+)\r\n";
    private static final String TARGET = "[\\x21\\x22\\x24-\\x7e\\x80-\\xff]++";

    private static final Pattern HEAD =
            Pattern.compile("(?:\r\n)?+((" + TOKEN + ") (" + TARGET + ") HTTP/1\\.([0-9]))\r\n" + FIELDS);
    private static final Pattern FIELD_LINE = Pattern.compile(FIELD);

    private static final String QUOTED =
            "\"(?:[\\x09\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\x09\\x20-\\x7e\\x80-\\xff])*+\"";
    private static final Pattern CHUNK =
            Pattern.compile("([0-9A-Fa-f]{1,16})(?:;" + TOKEN + "(?:=(?:" + QUOTED + "|" + TOKEN + "))?+)*+\r\n");
    private static final Pattern TRAILERS = Pattern.compile(FIELDS);

    private static final String H16 = "[0-9A-Fa-f]{1,4}";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = "(?:" + OCTET + "\\.){3}" + OCTET;
    private static final String LS32 = "(?:" + H16 + ":" + H16 + "|" + IPV4 + ")";
    private static final String G = "(?:" + H16 + ":)";
    private static final String IPV6 = "(?:" + G + "{6}" + LS32
            + "|::" + G + "{5}" + LS32
            + "|(?:" + H16 + ")?::" + G + "{4}" + LS32
            + "|(?:" + G + "{0,1}" + H16 + ")?::" + G + "{3}" + LS32
            + "|(?:" + G + "{0,2}" + H16 + ")?::" + G + "{2}" + LS32
            + "|(?:" + G + "{0,3}" + H16 + ")?::" + G + LS32
            + "|(?:" + G + "{0,4}" + H16 + ")?::" + LS32
            + "|(?:" + G + "{0,5}" + H16 + ")?::" + H16
            + "|(?:" + G + "{0,6}" + H16 + ")?::)";
    private static final Pattern IPV6_ADDRESS = Pattern.compile(IPV6);
    private static final String HOST_CHARACTER = "[0-9A-Za-z\\-._~!$&'()*+,;=]";
    private static final String NAME = "(?:" + HOST_CHARACTER + "|%[0-9A-Fa-f]{2})++";
    private static final String HOST =
            "(?:" + NAME + "|\\[(?:" + IPV6 + "|[vV][0-9A-Fa-f]+\\.(?:" + HOST_CHARACTER + "|:)+)\\])";
    private static final Pattern AUTHORITY = Pattern.compile(HOST + "(?::([0-9]*))?");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?]*)(?:[/?].*)?", Pattern.DOTALL);

    private final String stream;
    private int position;

    private ReferenceGrammar(String stream) {
        this.stream = stream;
    }

    /** The requests that are whole and right, up to the first that is not. */
    static List<Decoding.Request> requests(String stream) {
        ReferenceGrammar grammar = new ReferenceGrammar(stream);
        List<Decoding.Request> requests = new ArrayList<>();
        for (Decoding.Request request; (request = grammar.next()) != null; ) {
            requests.add(request);
        }
        return requests;
    }

    private Decoding.Request next() {
        Matcher head = HEAD.matcher(stream).region(position, stream.length());
        if (!head.lookingAt()) {
            return null;
        }
        int minor = Integer.parseInt(head.group(4));
        List<String[]> fields = fields(head.group(5));
        List<String> hosts = values(fields, "host");
        String authority = authority(head.group(2), head.group(3));
        boolean right = authority != null
                && hosts.size() <= 1
                && (minor == 0 || hosts.size() == 1)
                && hosts.stream().allMatch(host -> host.isEmpty() || isAuthority(host))
                && fields.stream().noneMatch(ReferenceGrammar::isMisleading);
        if (!right) {
            return null;
        }
        position = head.end();
        List<String> codings = values(fields, "transfer-encoding");
        List<String> lengths = values(fields, "content-length");
        StringBuilder body = new StringBuilder();
        List<String> trailers = new ArrayList<>();
        if (!codings.isEmpty()) {
            boolean usual = codings.size() == 1
                    && lengths.isEmpty()
                    && minor > 0
                    && Pattern.compile("\r\n(?i:transfer-encoding): ?chunked\r\n")
                            .matcher("\r\n" + head.group(5))
                            .find();
            if (!usual || !chunks(body, trailers)) {
                return null;
            }
        } else if (!lengths.isEmpty()) {
            if (lengths.size() > 1 || !lengths.get(0).matches("0|[1-9][0-9]*") || !fixed(lengths.get(0), body)) {
                return null;
            }
        }
        List<String> shown = new ArrayList<>();
        boolean replaced = !authority.isEmpty()
                && (hosts.isEmpty()
                        || !hosts.get(0).toLowerCase(Locale.ROOT).equals(authority.toLowerCase(Locale.ROOT)));
        for (String[] field : fields) {
            if (!replaced || !field[0].equalsIgnoreCase("host")) {
                shown.add(field[0] + ": " + field[1]);
            }
        }
        if (replaced) {
            shown.add("host: " + authority);
        }
        String line = head.group(2) + " " + head.group(3) + (minor == 0 ? " HTTP/1.0" : " HTTP/1.1");
        return new Decoding.Request(line, shown, body.toString(), trailers);
    }

    /** Of absolute-form; empty for other forms; null if the target has none that the method allows. */
    private static String authority(String method, String target) {
        if (method.equals("CONNECT")) {
            return isAuthority(target) && target.matches(".*:[0-9]+") ? "" : null;
        }
        if (target.startsWith("/") || target.equals("*") && method.equals("OPTIONS")) {
            return "";
        }
        Matcher absolute = ABSOLUTE.matcher(target);
        return absolute.matches() && isAuthority(absolute.group(1)) ? absolute.group(1) : null;
    }

    private static boolean isAuthority(String text) {
        Matcher authority = AUTHORITY.matcher(text);
        if (!authority.matches()) {
            return false;
        }
        String port = authority.group(1);
        return port == null || port.isEmpty() || new BigInteger(port).bitLength() <= 16;
    }

    private static boolean isMisleading(String[] field) {
        String name = field[0].toLowerCase(Locale.ROOT);
        if (name.equals("content_length") || name.equals("transfer_encoding")) {
            return true;
        }
        return name.equals("connection")
                && Pattern.compile("(?i)(?<![!#$%&'*+\\-.^_`|~0-9A-Za-z])(host|content-length|transfer-encoding)"
                                + "(?![!#$%&'*+\\-.^_`|~0-9A-Za-z])")
                        .matcher(field[1])
                        .find();
    }

    static boolean isIpV6(String text) {
        return IPV6_ADDRESS.matcher(text).matches();
    }

    private static List<String[]> fields(String lines) {
        List<String[]> fields = new ArrayList<>();
        for (Matcher line = FIELD_LINE.matcher(lines); line.find(); ) {
            fields.add(new String[] {line.group(1), line.group(2).replaceAll("^[ \t]+|[ \t]+\\z", "")});
        }
        return fields;
    }

    private static List<String> values(List<String[]> fields, String name) {
        List<String> values = new ArrayList<>();
        fields.stream().filter(field -> field[0].equalsIgnoreCase(name)).forEach(field -> values.add(field[1]));
        return values;
    }

    private boolean fixed(String length, StringBuilder body) {
        if (new BigInteger(length).compareTo(BigInteger.valueOf(stream.length() - position)) > 0) {
            return false;
        }
        int end = position + Integer.parseInt(length);
        body.append(stream, position, end);
        position = end;
        return true;
    }

    private boolean chunks(StringBuilder body, List<String> trailers) {
        while (true) {
            Matcher chunk = CHUNK.matcher(stream).region(position, stream.length());
            if (!chunk.lookingAt()) {
                return false;
            }
            position = chunk.end();
            BigInteger size = new BigInteger(chunk.group(1), 16);
            if (size.signum() == 0) {
                break;
            }
            if (!fixed(size.toString(), body) || !stream.startsWith("\r\n", position)) {
                return false;
            }
            position += 2;
        }
        Matcher section = TRAILERS.matcher(stream).region(position, stream.length());
        if (!section.lookingAt()) {
            return false;
        }
        position = section.end();
        for (String[] trailer : fields(section.group(1))) {
            if (isMisleading(trailer)
                    || trailer[0].toLowerCase(Locale.ROOT).matches("host|content-length|transfer-encoding")) {
                return false;
            }
            trailers.add(trailer[0] + ": " + trailer[1]);
        }
        return true;
    }
}
