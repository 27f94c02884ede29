package dev.aio.core;

import static dev.aio.core.OperationOptions.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Direct transfers that are not aligned: reads are served all the same, writes refused. */
class AioContextUnalignedTest extends BadInputSuite {

    @ParameterizedTest
    @CsvSource({ // memory offset, position, length
        "1, 0, 4096",
        "0, 1, 4096",
        "0, 0, 4095",
        "0, 0, 1",
        "511, 513, 5000",
        "4095, 16383, 1",
        "3, 16000, 1000",
        "3, 16383, 4096",
        "0, 16384, 100",
        "7, 1099511627776, 100"
    })
    void shouldReadDirectlyWhatIsNotAligned(int offset, long position, int length) {
        AlignedMemory memory = pages(4);
        int expected = (int) Math.max(0, Math.min(length, SIZE - position));
        assertThat(besideGoodOnes((completion, token) ->
                                context.read(good, position, memory, offset, length, NONE, completion, token))
                        .result(1))
                .isEqualTo(expected);
        source.assertContent(memory, offset, expected == 0 ? 0 : position, expected);
        assertUntouched(memory, 0, offset);
        assertUntouched(memory, offset + expected, memory.capacity());
    }

    @Test
    void shouldReadDirectlyIntoVectorsThatAreNotAligned() {
        AlignedMemory memory = pages(4);
        IoVectors vectors = new IoVectors(5)
                .add(memory, 9000, 1)
                .add(memory, 1, 4097)
                .add(memory, 5000, 0)
                .add(memory, 5001, 2999)
                .add(memory, 10000, 5000);
        assertThat(besideGoodOnes((completion, token) -> context.readv(good, 33, vectors, NONE, completion, token))
                        .result(1))
                .isEqualTo(12097);
        source.assertContent(memory, 9000, 33, 1);
        source.assertContent(memory, 1, 34, 4097);
        source.assertContent(memory, 5001, 4131, 2999);
        source.assertContent(memory, 10000, 7130, 5000);
    }

    @Test
    void shouldReadDirectlyIntoUnalignedVectorsUpToTheEnd() {
        AlignedMemory memory = pages(4);
        IoVectors vectors =
                new IoVectors(3).add(memory, 1, 100).add(memory, 201, 1000).add(memory, 2001, 1000);
        assertThat(besideGoodOnes((completion, token) ->
                                context.readv(good, SIZE - 600, vectors, NONE, completion, token))
                        .result(1))
                .isEqualTo(600);
        source.assertContent(memory, 1, SIZE - 600, 100);
        source.assertContent(memory, 201, SIZE - 500, 500);
        assertUntouched(memory, 701, memory.capacity());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadMoreThanABounceBufferHolds(boolean vectored) throws IOException {
        int size = (5 << 20) / 2;
        TestFile large = TestFile.create(directory, size);
        AlignedMemory memory = AlignedMemory.allocate(3 << 20, PAGE);
        try (AioFile file = large.openDirect()) {
            int length = size; // beyond the end by what was skipped
            IoVectors vectors = new IoVectors(2).add(memory, 5, 1_500_001).add(memory, 1_500_006, length - 1_500_001);
            Outcomes outcomes = besideGoodOnes((completion, token) -> vectored
                    ? context.readv(file, 777, vectors, NONE, completion, token)
                    : context.read(file, 777, memory, 5, length, NONE, completion, token));
            assertThat(outcomes.result(1)).isEqualTo(size - 777);
            large.assertContent(memory, 5, 777, size - 777);
            assertUntouched(memory, 5 + size - 777, memory.capacity());
        }
    }

    @Test
    void shouldReadUnalignedIntoABufferWhoseLimitWasLoweredMeanwhile() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE);
        Outcomes outcomes = new Outcomes(context, 1);
        context.read(good, 1, buffer, NONE, outcomes, 0);
        context.submit();
        buffer.limit(10);
        try {
            runAll(context);
        } finally {
            assertThat(context.inFlight()).isZero();
        }
        assertThat(outcomes.result(0)).isEqualTo(PAGE);
        assertThat(buffer.limit()).isEqualTo(10);
        source.assertContent(AlignedMemory.of(buffer), 0, 1, PAGE);
    }

    @ParameterizedTest
    @CsvSource({ // memory offset, position, length
        "1, 0, 4096",
        "0, 100, 4096",
        "0, 0, 4000"
    })
    void shouldRefuseADirectWriteThatIsNotAligned(int offset, long position, int length) throws IOException {
        AlignedMemory memory = pages(2);
        try (AioFile file = openNewDirect("direct")) {
            assumeTrue(file.isDirectOpen(), "no O_DIRECT here");
            Outcomes plain = besideGoodOnes((completion, token) ->
                    context.write(file, position, memory, offset, length, NONE, completion, token));
            IoVectors vectors = new IoVectors(2).add(memory, PAGE, PAGE).add(memory, offset, length);
            Outcomes vectored = besideGoodOnes(
                    (completion, token) -> context.writev(file, position, vectors, NONE, completion, token));
            String advice = "multiples of " + file.directOffsetAlignment() + " bytes";
            assertFailure(plain.failure(1), "EINVAL", AioOperation.WRITE, file.path(), position, length, advice);
            assertFailure(
                    vectored.failure(1),
                    "EINVAL",
                    AioOperation.WRITE_VECTORED,
                    file.path(),
                    position,
                    PAGE + length,
                    advice);
            assertThat(plain.failure(1)).hasMessageContaining("multiples of " + file.directMemoryAlignment());
            assertThat(file.currentSize()).isZero();
        }
    }
}
