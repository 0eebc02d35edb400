package dev.husk.snp;

import java.util.Optional;

/** A line of processors, with a root key of its own. */
public enum Product {
    MILAN("Milan"),
    /** Genoa, and with it Bergamo and Siena. */
    GENOA("Genoa"),
    TURIN("Turin");

    private final String label;

    Product(String label) {
        this.label = label;
    }

    /** AMD's spelling, as in contracts and in AMD's addresses. */
    public String label() {
        return label;
    }

    /** The product that has this label, exactly. */
    public static Optional<Product> of(String label) {
        for (var product : values()) {
            if (product.label.equals(label)) {
                return Optional.of(product);
            }
        }
        return Optional.empty();
    }

    /** Whether a certificate's product name is this one's: the label, and perhaps a stepping, as in {@code Milan-B0}. */
    boolean isNamed(String productName) {
        return productName.equals(label) || productName.startsWith(label + "-");
    }

    /** By CPUID family and model; empty for processors that are not known here. */
    static Optional<Product> ofCpuid(int family, int model) {
        if (family == 0x19 && model <= 0x0f) {
            return Optional.of(MILAN);
        }
        if (family == 0x19 && (model >= 0x10 && model <= 0x1f || model >= 0xa0 && model <= 0xaf)) {
            return Optional.of(GENOA);
        }
        if (family == 0x1a && model <= 0x11) {
            return Optional.of(TURIN);
        }
        return Optional.empty();
    }
}
