package dev.husk.protocol.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a parameter of a function may be.
 *
 * @param min smallest value of a number, inclusive; empty for text and flags
 * @param max largest value of a number, inclusive; empty for text and flags
 * @param values what a text may be; empty where the contract says {@code any}
 */
public record ParameterBound(
        Type type, Optional<BigDecimal> min, Optional<BigDecimal> max, Optional<Set<String>> values) {

    /** JSON types that a parameter may have. */
    public enum Type {
        INTEGER,
        NUMBER,
        STRING,
        BOOLEAN
    }

    /** Whether {@code value} keeps within the bounds. */
    public boolean allows(JsonElement value) {
        if (!(value instanceof JsonPrimitive primitive)) {
            return false;
        }
        return switch (type) {
            case BOOLEAN -> primitive.isBoolean();
            case STRING ->
                primitive.isString()
                        && values.map(allowed -> allowed.contains(primitive.getAsString()))
                                .orElse(true);
            case INTEGER -> primitive.isNumber() && whole(decimal(primitive)) && within(decimal(primitive));
            case NUMBER -> primitive.isNumber() && within(decimal(primitive));
        };
    }

    /** Such as {@code a whole number from 1 to 200}. */
    public String inWords() {
        return switch (type) {
            case BOOLEAN -> "true or false";
            case STRING ->
                values.map(allowed -> allowed.stream()
                                .sorted()
                                .map(text -> "\"" + text + "\"")
                                .collect(Collectors.joining(" or ")))
                        .orElse("any text");
            case INTEGER -> "a whole number" + range();
            case NUMBER -> "a number" + range();
        };
    }

    private String range() {
        return min.map(m -> " from " + m.toPlainString()).orElse("")
                + max.map(m -> " to " + m.toPlainString()).orElse("");
    }

    private boolean within(BigDecimal number) {
        return min.map(m -> number.compareTo(m) >= 0).orElse(true)
                && max.map(m -> number.compareTo(m) <= 0).orElse(true);
    }

    private static boolean whole(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    private static BigDecimal decimal(JsonPrimitive primitive) {
        return new BigDecimal(primitive.getAsString());
    }
}
