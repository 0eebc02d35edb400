package dev.husk.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An unsigned number of 64 bits, in decimal or as {@code 0x} and hex digits. */
final class UnsignedNumber implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return text.startsWith("0x") || text.startsWith("0X")
                    ? Long.parseUnsignedLong(digits(text.substring(2)), 16)
                    : Long.parseUnsignedLong(digits(text));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no number, in decimal or with 0x in hex");
        }
    }

    /** The JDK would take a sign. */
    private static String digits(String text) {
        if (text.startsWith("+")) {
            throw new NumberFormatException();
        }
        return text;
    }
}
