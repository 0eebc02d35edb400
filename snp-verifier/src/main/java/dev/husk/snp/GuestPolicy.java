package dev.husk.snp;

/** The guest policy (AMD 56860, GUEST_POLICY): what the host may do to the guest. */
public record GuestPolicy(long raw) {
    private static final long RESERVED_ONE = 1L << 17;
    private static final long KNOWN = (1L << 26) - 1;

    boolean wellFormed() {
        return (raw & RESERVED_ONE) != 0 && (raw & ~KNOWN) == 0;
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

    public boolean ciphertextHidingRequired() {
        return bit(24);
    }

    private boolean bit(int n) {
        return (raw >>> n & 1) != 0;
    }
}
