package dev.husk.snp.azure;

import dev.husk.snp.Reason;

/** One thing that speaks against an Azure VM's evidence: something in the report, or around it. */
public sealed interface AzureReason {
    /** A stable name, for logs, metrics and other programs: a {@link Reason.Code} or a {@link Code}. */
    String code();

    String detail();

    /** What speaks against the processor's report. REPORT_DATA_MISMATCH: the variable data are not what it binds. */
    record OfReport(Reason reason) implements AzureReason {
        @Override
        public String code() {
            return reason.code().name();
        }

        @Override
        public String detail() {
            return reason.detail();
        }

        @Override
        public String toString() {
            return reason.toString();
        }
    }

    /** What speaks against the rest. */
    record OfGuest(Code is, String detail) implements AzureReason {
        @Override
        public String code() {
            return is.name();
        }

        @Override
        public String toString() {
            return is + ": " + detail;
        }
    }

    /** Stable names. */
    enum Code {
        /** The guest itself asked for the report, so the variable data are its own invention, the AK included. */
        NOT_THE_PARAVISOR,
        USER_DATA_MISMATCH,
        QUOTE_SIGNATURE_INVALID,
        /** Likely a replay: the quote answers somebody else's nonce. */
        QUOTE_NONCE_MISMATCH,
        PCR_DIGEST_MISMATCH,
        PCR_NOT_QUOTED,
        PCR_UNKNOWN
    }
}
