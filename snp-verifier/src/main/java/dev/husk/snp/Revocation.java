package dev.husk.snp;

import java.util.Map;
import java.util.Optional;

/** Which revocation lists are at hand, DER, one per product. */
public final class Revocation {
    private final Map<Product, Bytes> lists;
    private final boolean required;

    private Revocation(Map<Product, Bytes> lists, boolean required) {
        this.lists = Map.copyOf(lists);
        this.required = required;
    }

    /** A product without a list, or with one out of date, is rejected. */
    public static Revocation lists(Map<Product, Bytes> lists) {
        return new Revocation(lists, true);
    }

    /** Does not look for revoked certificates at all. Only where a party accepts that in writing, and in tests. */
    public static Revocation acceptingRevokedCertificates() {
        return new Revocation(Map.of(), false);
    }

    boolean required() {
        return required;
    }

    Optional<Bytes> list(Product product) {
        return Optional.ofNullable(lists.get(product));
    }
}
