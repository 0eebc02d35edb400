package dev.husk.cli.log;

/** One lie, or one thing that an honest gateway would not show. */
public record Finding(Code code, String detail) {

    /** Stable names, for scripts. */
    public enum Code {
        /** The log key did not sign the checkpoint. */
        SIGNATURE_INVALID,
        /** The log has fewer entries than it had. */
        LOG_SHRANK,
        /** What stood in the log before does not stand in it now. */
        LOG_REWRITTEN,
        /** The leaves do not make the signed root. */
        ROOT_MISMATCH,
        /** Another reader was shown another log under the same key. */
        SPLIT_VIEW,
        /** The checkpoint is older than what the gateway shows, or showed another reader. */
        CHECKPOINT_STALE,
        /** Fewer witnesses cosigned than the policy demands. */
        WITNESSES_MISSING,
        /** A cosignature in a witness's name that the witness did not make. */
        COSIGNATURE_FORGED,
        /** The gateway does not show a leaf that the checkpoint counts. */
        LEAVES_MISSING,
        /** A bundle of entries is cut off, too long, or no bundle. */
        BUNDLE_MALFORMED,
        /** An entry is not a leaf. */
        LEAF_MALFORMED,
        /** Two leaves of one contract have one number: two histories. */
        FORK,
        /** A number of the contract's chain has no leaf: one was dropped. */
        LEAF_DROPPED,
        /** A leaf of the contract stands before one with a lower number. */
        REORDERED,
        /** A leaf does not name the one before it. */
        CHAIN_BROKEN,
        /** A leaf of the contract comes without its event. */
        OPENING_WITHHELD,
        /** An event is not the one that the leaf commits to. */
        EVENT_ALTERED,
        /** An event is dated long before the one that it follows, or in the future. */
        EVENT_MISDATED,
        /** An event is shown that the log does not hold. */
        EVENT_NOT_LOGGED,
        /** The gateway shows another log key for the contract, so other leaves would be its history. */
        CONTRACT_KEY_CHANGED,
        /** No leaf of the contract is in the log. */
        NO_EVENTS
    }

    @Override
    public String toString() {
        return code + ": " + detail;
    }
}
