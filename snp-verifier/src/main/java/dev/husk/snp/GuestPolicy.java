package dev.husk.snp;

/** The guest policy (AMD 56860, GUEST_POLICY): what the host may do to the guest. */
public record GuestPolicy(long raw) {
    private static final long RESERVED_ONE = 1L << 17;
    private static final long KNOWN = (1L << 26) - 1;

    /** The bits that no policy has like this. */
    long malformed() {
        return raw & ~KNOWN | ~raw & RESERVED_ONE;
    }

    /** The smallest firmware ABI that may run the guest, major number. */
    public int abiMajor() {
        return (int) (raw >>> 8) & 0xff;
    }

    /** The smallest firmware ABI that may run the guest, minor number. */
    public int abiMinor() {
        return (int) raw & 0xff;
    }

    public boolean smtAllowed() {
        return bit(16);
    }

    public boolean migrationAgentAllowed() {
        return bit(18);
    }

    /** With it the host may read and write guest memory. */
    public boolean debugAllowed() {
        return bit(19);
    }

    public boolean singleSocketRequired() {
        return bit(20);
    }

    public boolean cxlAllowed() {
        return bit(21);
    }

    /** AES-256-XTS instead of AES-128-XTS for memory. */
    public boolean memoryAes256Required() {
        return bit(22);
    }

    public boolean raplDisabledRequired() {
        return bit(23);
    }

    public boolean ciphertextHidingRequired() {
        return bit(24);
    }

    public boolean pageSwapDisabled() {
        return bit(25);
    }

    private boolean bit(int n) {
        return (raw >>> n & 1) != 0;
    }
}
