package dev.husk.snp;

/**
 * How the machine is set up (AMD 56860, PLATFORM_INFO).
 *
 * <p>Bit 6 has no public name yet, but genuine Turins set it; higher ones than bit 7 are refused.
 */
public record PlatformInfo(long raw) {
    private static final long KNOWN = 0xff;

    /** The bits that are not known. */
    long malformed() {
        return raw & ~KNOWN;
    }

    public boolean smtEnabled() {
        return bit(0);
    }

    /** Transparent SME: all memory is encrypted, also the host's. */
    public boolean tsmeEnabled() {
        return bit(1);
    }

    public boolean eccEnabled() {
        return bit(2);
    }

    /** Power meters, through which a host can listen, are off. */
    public boolean raplDisabled() {
        return bit(3);
    }

    public boolean ciphertextHidingEnabled() {
        return bit(4);
    }

    /** The firmware looked for memory modules that answer at two addresses (CVE-2024-21944). */
    public boolean aliasCheckComplete() {
        return bit(5);
    }

    /** Trusted I/O. */
    public boolean tioEnabled() {
        return bit(7);
    }

    private boolean bit(int n) {
        return (raw >>> n & 1) != 0;
    }
}
