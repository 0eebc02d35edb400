package dev.husk.gateway.log;

/**
 * Why a witness's cosignature is missing, or what is odd about it.
 *
 * @param witness the policy's name for it
 */
public record WitnessTrouble(String witness, Code code, String detail) {
    /** What kind of trouble it is. */
    public enum Code {
        /** Nobody answers there. */
        DOWN,
        /** It did not answer in time. */
        SLOW,
        /** It answered that it does not cosign this. */
        REFUSED,
        /** It answered that this did not grow from what it cosigned: it has another history of this log. */
        INCONSISTENT,
        /** Its answer is not what the protocol says, or its cosignature does not verify. */
        WRONG,
        /** Its cosignature is of another time than now: an old answer, or a clock that is wrong. */
        CLOCK,
        /** It says that it cosigned more entries of this log: what this gateway has may be older. */
        AHEAD,
        /** It says that it cosigned less than what it did cosign: it forgot. Its cosignature counts all the same. */
        WENT_BACK
    }
}
