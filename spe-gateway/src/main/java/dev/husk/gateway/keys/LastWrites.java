package dev.husk.gateway.keys;

/**
 * Which event of the log wrote a row last. The log is what cannot be put back unnoticed, so a value that is sealed with
 * the index of its event cannot either. Calls need a transaction.
 */
public interface LastWrites {
    /** The version of a row that no event has written. */
    long NEVER = -1;

    /**
     * Index of the newest event that wrote the row, or {@link #NEVER}.
     *
     * @param chain name of the contract, or of the gateway's own chain
     * @param row as {@code data_key/anna-2025}
     */
    long of(String chain, String row);

    /** Index that the next event of this transaction will have; takes the log's lock. */
    long next();
}
