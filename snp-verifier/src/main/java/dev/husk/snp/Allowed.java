package dev.husk.snp;

import java.util.Set;

/**
 * The values of a field that are accepted: listed ones, any but listed ones, or any where a caller says so in so
 * many words.
 *
 * @param <T> the field's type
 */
public final class Allowed<T> {
    private final boolean listed;
    private final Set<T> values;

    private Allowed(boolean listed, Set<T> values) {
        this.listed = listed;
        this.values = Set.copyOf(values);
    }

    /** @throws IllegalArgumentException for an empty set, which would accept nothing */
    public static <T> Allowed<T> only(Set<T> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("an empty list accepts nothing");
        }
        return new Allowed<>(true, values);
    }

    /**
     * Accepts what is not listed: for values that became bad, such as a product whose keys leaked.
     *
     * @throws IllegalArgumentException for an empty set, which is {@link #any()} and should say so
     */
    public static <T> Allowed<T> anyExcept(Set<T> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("an empty list denies nothing");
        }
        return new Allowed<>(false, values);
    }

    /** Accepts nothing. */
    static <T> Allowed<T> none() {
        return new Allowed<>(true, Set.of());
    }

    /** Leaves the field unchecked. */
    public static <T> Allowed<T> any() {
        return new Allowed<>(false, Set.of());
    }

    /** Whether everything is accepted. */
    public boolean isAny() {
        return !listed && values.isEmpty();
    }

    public boolean allows(T value) {
        return values.contains(value) == listed;
    }

    /** The values that are accepted, or those that are not. */
    Set<T> values() {
        return values;
    }

    /** {@code any}, {@code [a, b]} or {@code any except [a, b]}. */
    @Override
    public String toString() {
        if (isAny()) {
            return "any";
        }
        return (listed ? "" : "any except ") + values;
    }
}
