package dev.aio.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Bytes: {@code 4096}, {@code 16k}, {@code 1m}. */
final class SizeConverter implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String text) {
        String number = text.replaceAll("[km]$", "");
        int shift = text.endsWith("k") ? 10 : text.endsWith("m") ? 20 : 0;
        try {
            return Math.multiplyExact(Integer.parseInt(number), 1 << shift);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' (expected: bytes, as in 4096, 16k or 1m)");
        }
    }

    static String show(int bytes) {
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }
}
