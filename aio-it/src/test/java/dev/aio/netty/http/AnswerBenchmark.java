package dev.aio.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to decide on an answer and to write its head. In this package, whose classes nobody else sees. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AnswerBenchmark {

    private static final long NOW = 1_700_000_000_000L;

    /** What the client asks for besides the file. */
    public enum Condition {
        WHOLE,
        PART,
        NOT_MODIFIED
    }

    @Param
    Condition condition;

    private final RangePlanner ranges = new RangePlanner(RangePlanner.MAX_RANGES, () -> "boundary");
    private final DateHeader date = new DateHeader();
    private final HttpHeaders request = new DefaultHttpHeaders();
    private final ByteBuf out = Unpooled.directBuffer(1024);
    private FileHead file;
    private ResponsePlan plan;

    @Setup
    public void ask() {
        file = FileHead.of(Representation.of(new FileFacts(16_384, 1_000_000_000, 7), "text/plain"), NOW);
        request.set(HttpHeaderNames.HOST, "localhost");
        request.set(HttpHeaderNames.ACCEPT, "*/*");
        switch (condition) {
            case PART -> request.set(HttpHeaderNames.RANGE, "bytes=100-199");
            case NOT_MODIFIED -> request.set(HttpHeaderNames.IF_NONE_MATCH, String.valueOf(file.entityTag()));
            default -> {}
        }
        plan = planned();
    }

    private ResponsePlan planned() {
        return ResponsePlanner.plan(HttpMethod.GET, request, file.at(NOW), ranges, NOW);
    }

    /** From request and file to what is to be sent. */
    @Benchmark
    public Object plan() {
        return planned();
    }

    /** From that to bytes. */
    @Benchmark
    public int head() {
        out.clear();
        ResponseHead.write(out, plan, Persistence.KEEP_ALIVE, date, NOW);
        return out.writerIndex();
    }
}
