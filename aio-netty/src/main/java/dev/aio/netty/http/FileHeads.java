package dev.aio.netty.http;

import dev.aio.core.FileStat;
import dev.aio.netty.OpenFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says of open files what their site has to say, rendered once per version. Any thread. */
final class FileHeads {

    private final MediaTypes mediaTypes;
    private final CacheRules cacheRules;
    private final EntityTags entityTags;
    private final boolean ranges;
    private final List<ContentCoding> codings;
    private final List<HeaderField> more;

    FileHeads(StaticFileHandlerBuilder options) {
        mediaTypes = MediaTypes.load(options.mediaTypes);
        cacheRules = new CacheRules(options.cacheRules);
        entityTags = options.entityTags;
        ranges = options.maxRanges > 0;
        codings = options.precompressed;
        more = List.copyOf(options.headers);
    }

    /** Codings in which files may lie beside themselves, the most wanted first. */
    List<ContentCoding> codings() {
        return codings;
    }

    /** The head of a file under its own name. */
    FileHead of(OpenFile file, long nowMillis) {
        ServedFile kept = ServedFile.of(file);
        FileHead head = kept.head();
        FileHead current =
                head == null ? FileHead.of(representation(file, file.name(), null), nowMillis) : head.at(nowMillis);
        if (current != head) {
            kept.head(current);
        }
        return current;
    }

    /** The head of a file in place of the one that it is a compressed form of. */
    FileHead ofCoded(OpenFile file, ContentCoding coding, long nowMillis) {
        ServedFile kept = ServedFile.of(file);
        FileHead head = kept.codedHead();
        FileHead current;
        if (head == null) {
            String name = file.name();
            String plain = name.substring(0, name.length() - coding.suffix().length());
            current = FileHead.of(representation(file, plain, coding), nowMillis);
        } else {
            current = head.at(nowMillis);
        }
        if (current != head) {
            kept.codedHead(current);
        }
        return current;
    }

    private Representation representation(OpenFile file, String path, @Nullable ContentCoding coding) {
        FileStat stat = file.file().stat();
        String type = mediaTypes.of(path);
        boolean varies = !codings.isEmpty() && MediaTypes.isCompressible(type);
        return new Representation(
                FileFacts.of(stat),
                type,
                entityTags.of(path, stat),
                coding,
                varies,
                cacheRules.valueFor(path),
                ranges,
                more);
    }
}
