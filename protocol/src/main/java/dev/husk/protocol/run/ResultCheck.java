package dev.husk.protocol.run;

/**
 * One thing that a proof must show.
 *
 * @param words what holds, or what does not
 */
public record ResultCheck(Code code, boolean holds, String words) {

    /** Stable names, for scripts. */
    public enum Code {
        /** The file is what the statement names as a result. */
        RESULT,
        /** The log of the pinned gateway holds the run. */
        RUN_LOGGED,
        /** The statement in the envelope is the one that was logged. */
        STATEMENT_LOGGED,
        /** The log holds the sandbox's binding. */
        BINDING_LOGGED,
        /** Binding and run stand in the contract's own chain, in that order. */
        CHAIN,
        /** The key that the sandbox was bound with signed the statement. */
        SIGNATURE,
        /** The run is of that sandbox and of that evidence. */
        SANDBOX,
        /** The run was under the contract that the party accepted. */
        CONTRACT,
        /** The code is what the contract names for the function, and what was measured. */
        CODE,
        /** All that was read is what the contract lets the function read. */
        DATA,
        /** The contract lets the function write this result, and the run succeeded. */
        GRANT,
        /** The witnesses that the party demands cosigned. */
        WITNESSES
    }
}
