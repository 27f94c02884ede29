package dev.aio.core;

import java.util.List;

/**
 * What a context still had in the kernel when the time to wait for it was over. Those operations have
 * completed with {@code -ECANCELED}; their memory stays the context's until {@link AioCompletion#released}.
 *
 * @param inFlight empty if all had ended
 */
public record CloseReport(List<InFlight> inFlight) {

    /**
     * An operation that the kernel had not ended.
     *
     * @param operation what it is
     * @param path of its file
     * @param position in bytes, -1 if it has none
     * @param length in bytes, -1 if it has none
     */
    public record InFlight(AioOperation operation, String path, long position, long length) {}

    /** Whether nothing was left with the kernel. */
    public boolean isComplete() {
        return inFlight.isEmpty();
    }

    @Override
    public String toString() {
        if (isComplete()) {
            return "nothing was in flight any more";
        }
        StringBuilder out = new StringBuilder().append(inFlight.size()).append(" operations in flight:");
        for (InFlight one : inFlight) {
            out.append(' ').append(one.operation.label());
            if (one.length >= 0) {
                out.append(" of ")
                        .append(one.length)
                        .append(" bytes at position ")
                        .append(one.position);
            }
            out.append(" of ").append(one.path).append(';');
        }
        out.setLength(out.length() - 1);
        return out.toString();
    }
}
