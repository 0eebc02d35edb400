package dev.husk.protocol.log;

/** What a witness has to say to an {@link AddCheckpoint}; only after {@link Grew} may it cosign. */
public sealed interface WitnessVerdict {
    /** The log only grew, or stayed: record the checkpoint durably, then cosign it. */
    record Grew() implements WitnessVerdict {}

    /**
     * The request does not start from what was cosigned last (409).
     *
     * @param size what was
     */
    record Stale(long size) implements WitnessVerdict {}

    /** Not a log that this witness knows (404). */
    record UnknownLog() implements WitnessVerdict {}

    /** No key of the log signed it, or a signature in the name of one does not verify (403). */
    record NotSigned() implements WitnessVerdict {}

    /** The log signed something that did not grow from what was cosigned last, or nothing proves that it did (422). */
    record Inconsistent(String reason) implements WitnessVerdict {}

    /**
     * The request carries this witness's own cosignature of something that its record does not have: the record was put
     * back, and nothing may be cosigned for that log.
     */
    record Forgotten(long size) implements WitnessVerdict {}
}
