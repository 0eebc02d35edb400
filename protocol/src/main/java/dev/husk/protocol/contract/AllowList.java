package dev.husk.protocol.contract;

import java.util.Set;

/**
 * What is allowed: the listed values, or anything where the contract says {@code any}.
 *
 * @param values empty exactly when {@code isAny}
 */
public record AllowList(boolean isAny, Set<String> values) {
    public AllowList {
        values = Set.copyOf(values);
    }

    public static AllowList any() {
        return new AllowList(true, Set.of());
    }

    public static AllowList only(Set<String> values) {
        return new AllowList(false, values);
    }

    public boolean allows(String value) {
        return isAny || values.contains(value);
    }

    @Override
    public String toString() {
        return isAny ? "any" : String.join(", ", values.stream().sorted().toList());
    }
}
