package dev.husk.snp;

import java.util.Set;

/**
 * The values of a field that are accepted: a listed one, or any where a caller says so in so many words.
 *
 * @param <T> the field's type
 */
public final class Allowed<T> {
    private final boolean any;
    private final Set<T> values;

    private Allowed(boolean any, Set<T> values) {
        this.any = any;
        this.values = Set.copyOf(values);
    }

    /** @throws IllegalArgumentException for an empty set, which would accept nothing */
    public static <T> Allowed<T> only(Set<T> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("an empty list accepts nothing");
        }
        return new Allowed<>(false, values);
    }

    /** Leaves the field unchecked. */
    public static <T> Allowed<T> any() {
        return new Allowed<>(true, Set.of());
    }

    public boolean isAny() {
        return any;
    }

    public boolean allows(T value) {
        return any || values.contains(value);
    }

    @Override
    public String toString() {
        return any ? "any" : values.toString();
    }
}
