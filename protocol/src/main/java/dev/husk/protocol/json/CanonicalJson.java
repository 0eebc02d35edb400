package dev.husk.protocol.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** The JSON Canonicalization Scheme (RFC 8785): one byte string for one value. */
public final class CanonicalJson {
    private CanonicalJson() {}

    /** @throws IllegalArgumentException for a number that no double holds */
    public static byte[] encode(JsonElement value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    public static String text(JsonElement value) {
        var out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(JsonElement value, StringBuilder out) {
        if (value.isJsonNull()) {
            out.append("null");
        } else if (value.isJsonArray()) {
            var separator = "[";
            for (var element : value.getAsJsonArray()) {
                out.append(separator);
                write(element, out);
                separator = ",";
            }
            out.append(separator.equals("[") ? "[]" : "]");
        } else if (value instanceof JsonObject object) {
            var names = new ArrayList<>(object.keySet());
            names.sort(null); // by UTF-16 code units, section 3.2.3
            var separator = "{";
            for (var name : names) {
                out.append(separator);
                string(name, out);
                out.append(':');
                write(object.get(name), out);
                separator = ",";
            }
            out.append(separator.equals("{") ? "{}" : "}");
        } else {
            primitive(value.getAsJsonPrimitive(), out);
        }
    }

    private static void primitive(JsonPrimitive value, StringBuilder out) {
        if (value.isString()) {
            string(value.getAsString(), out);
        } else if (value.isBoolean()) {
            out.append(value.getAsBoolean());
        } else {
            out.append(number(new BigDecimal(value.getAsString()).doubleValue()));
        }
    }

    /** ECMAScript's Number::toString (section 3.2.2.3): the shortest digits that give the same double. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no " + value);
        }
        if (value == 0) {
            return "0";
        }
        var digits = shortest(Math.abs(value));
        var text = digits.unscaledValue().toString();
        int k = text.length();
        int n = k - digits.scale();
        var sign = value < 0 ? "-" : "";
        if (k <= n && n <= 21) {
            return sign + text + "0".repeat(n - k);
        }
        if (0 < n && n <= 21) {
            return sign + text.substring(0, n) + "." + text.substring(n);
        }
        if (-6 < n && n <= 0) {
            return sign + "0." + "0".repeat(-n) + text;
        }
        var exponent = (n - 1 < 0 ? "e-" : "e+") + Math.abs(n - 1);
        return sign + text.charAt(0) + (k == 1 ? "" : "." + text.substring(1)) + exponent;
    }

    /** Before JDK 19 {@code Double.toString} is not always the shortest, so the fewest digits are looked for. */
    private static BigDecimal shortest(double value) {
        var exact = new BigDecimal(value);
        for (int precision = 1; precision <= 17; precision++) {
            var rounded = exact.round(new MathContext(precision, java.math.RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        throw new IllegalStateException("17 digits name every double");
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
