package dev.aio.netty.http;

import dev.aio.netty.OpenFile;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/** Puts answers into the form that the pipeline carries. One at a time; confined to its loop. */
interface ResponseWriter {

    /** Told once how a response with a file ended, on the loop; the file has been released. */
    interface Listener {

        /**
         * All of it is written, though perhaps not flushed.
         *
         * @param last done when the last of it has left; {@code null} if it has
         */
        void sent(@Nullable ChannelFuture last);

        /**
         * @param file released; good for its name and for telling the cache
         * @param started whether a part of the response has left
         */
        void sendFailed(OpenFile file, Throwable cause, boolean started);
    }

    /**
     * Writes an answer without bytes of a file; it is flushed later.
     *
     * @param alone whether it may leave at once: nothing says that more answers will leave together with it
     * @return done when all of it has left; {@code null} if it has
     */
    @Nullable
    ChannelFuture respond(ResponsePlan plan, Persistence persistence, boolean alone, long nowMillis);

    /**
     * Sends head and content of a plan; the listener may be called before this method returns.
     *
     * @param file becomes the writer's
     * @param alone as with {@link #respond}
     */
    void send(OpenFile file, ResponsePlan plan, Persistence persistence, boolean alone, long nowMillis);
}
