package dev.aio.netty.http1;

/** What a request may take, in bytes unless named otherwise. */
record Limits(int requestLine, int fieldLine, int head, int fields, int trailers, int chunkExtensions) {}
