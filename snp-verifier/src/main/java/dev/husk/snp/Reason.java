package dev.husk.snp;

/** One thing that speaks against a report. */
public record Reason(Code code, String detail) {

    /** Stable names, for logs, metrics and other programs. */
    public enum Code {
        /** No certificate says which key signed, or it cannot be read. */
        CERTIFICATE_UNUSABLE,
        /** The chain does not end at a pinned root: this likely is an attacker's own key. */
        CHAIN_UNTRUSTED,
        CERTIFICATE_OUT_OF_DATE,
        CERTIFICATE_REVOKED,
        /** No revocation list of this product was given, or it is out of date or not the root's. */
        REVOCATION_UNKNOWN,
        SIGNATURE_INVALID,
        /** Certificate and report speak of different processors, keys or firmware. */
        CERTIFICATE_MISMATCH,
        /** The cloud that a VLEK was issued to is not on the list. */
        PROVIDER_UNKNOWN,
        PRODUCT_DENIED,
        SIMULATION_DENIED,
        DEBUG_ALLOWED,
        MIGRATION_AGENT_ALLOWED,
        SMT_MISMATCH,
        SINGLE_SOCKET_MISMATCH,
        CIPHERTEXT_HIDING_MISMATCH,
        /** The machine is not set up as it must be. */
        PLATFORM_INFO_MISMATCH,
        VMPL_DENIED,
        TCB_TOO_OLD,
        MEASUREMENT_UNKNOWN,
        HOST_DATA_UNKNOWN,
        REPORT_DATA_MISMATCH,
        /** The key that signed the ID block is not on the list. */
        ID_KEY_UNKNOWN,
        /** The key that signed the ID key is not on the list. */
        AUTHOR_KEY_UNKNOWN,
        CHIP_UNKNOWN,
        /** The chip hides its identity where one is needed. */
        CHIP_MASKED
    }

    @Override
    public String toString() {
        return code + ": " + detail;
    }
}
