package dev.husk.protocol.contract;

import java.util.Set;

/**
 * What is allowed: the listed values, all but the listed values, or anything where the contract says {@code any}.
 *
 * @param values empty exactly for {@link Kind#ANY}
 */
public record AllowList(Kind kind, Set<String> values) {
    /** What the values stand for. */
    public enum Kind {
        ONLY,
        ANY_EXCEPT,
        ANY
    }

    public AllowList {
        values = Set.copyOf(values);
    }

    public static AllowList any() {
        return new AllowList(Kind.ANY, Set.of());
    }

    public static AllowList only(Set<String> values) {
        return new AllowList(Kind.ONLY, values);
    }

    public static AllowList anyExcept(Set<String> values) {
        return new AllowList(Kind.ANY_EXCEPT, values);
    }

    public boolean isAny() {
        return kind == Kind.ANY;
    }

    public boolean allows(String value) {
        return values.contains(value) == (kind == Kind.ONLY);
    }

    @Override
    public String toString() {
        if (isAny()) {
            return "any";
        }
        return (kind == Kind.ONLY ? "" : "any except ")
                + String.join(", ", values.stream().sorted().toList());
    }
}
