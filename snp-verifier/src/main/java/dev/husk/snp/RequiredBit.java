package dev.husk.snp;

/** What one bit must be. */
public enum RequiredBit {
    SET,
    CLEAR,
    /** Leaves the bit unchecked. */
    ANY;

    boolean allows(boolean actual) {
        return this == ANY || actual == (this == SET);
    }
}
