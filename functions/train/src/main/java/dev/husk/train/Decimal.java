package dev.husk.train;

import java.util.regex.Pattern;

/** Decimal numbers as CSV files hold them; Java's own parser would also take "NaN", "1f" and hexadecimal. */
final class Decimal {
    private static final Pattern SYNTAX =
            Pattern.compile("[+-]?([0-9]{1,40}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?");

    private Decimal() {}

    static boolean isDecimal(String text) {
        return SYNTAX.matcher(text).matches();
    }

    /** The number, or NaN if {@code text} is none or is beyond a double's range. */
    static double parse(String text) {
        double number = isDecimal(text) ? Double.parseDouble(text) : Double.NaN;
        return Double.isFinite(number) ? number : Double.NaN;
    }
}
