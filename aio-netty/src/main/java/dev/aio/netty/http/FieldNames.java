package dev.aio.netty.http;

import io.netty.util.AsciiString;

/**
 * Names of response fields as HTTP/1.1 messages spell them. Case has no meaning, but people and
 * their scripts read these; Netty's constants are in HTTP/2's lower case.
 */
final class FieldNames {

    static final AsciiString ACCEPT_RANGES = AsciiString.cached("Accept-Ranges");
    static final AsciiString ALLOW = AsciiString.cached("Allow");
    static final AsciiString CACHE_CONTROL = AsciiString.cached("Cache-Control");
    static final AsciiString CONTENT_ENCODING = AsciiString.cached("Content-Encoding");
    static final AsciiString CONTENT_RANGE = AsciiString.cached("Content-Range");
    static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
    static final AsciiString ETAG = AsciiString.cached("ETag");
    static final AsciiString LAST_MODIFIED = AsciiString.cached("Last-Modified");
    static final AsciiString LOCATION = AsciiString.cached("Location");
    static final AsciiString RETRY_AFTER = AsciiString.cached("Retry-After");
    static final AsciiString VARY = AsciiString.cached("Vary");
    static final AsciiString X_CONTENT_TYPE_OPTIONS = AsciiString.cached("X-Content-Type-Options");

    private FieldNames() {}
}
