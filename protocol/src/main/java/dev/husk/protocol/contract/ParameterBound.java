package dev.husk.protocol.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

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
