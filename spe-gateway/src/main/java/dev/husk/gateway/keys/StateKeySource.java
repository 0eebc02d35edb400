package dev.husk.gateway.keys;

import java.io.IOException;
import java.util.Optional;

/** Where a gateway has its state key from. */
public interface StateKeySource {
    /**
     * The key; the caller wipes it. Empty where none was made yet.
     *
     * @throws UnusableStateKeyException where there is one that this gateway cannot use
     */
    Optional<byte[]> obtain() throws IOException, UnusableStateKeyException;

    /** Whether {@link #keep} works; otherwise the key is somebody else's to keep. */
    boolean keeps();

    /** Stores a key for the next start, in place of one that may be there. */
    void keep(byte[] stateKey) throws IOException;

    /**
     * Where the next key is kept from before the database is sealed under it until {@link #keep} has stored it here, so
     * that no crash in between loses it. Empty where {@link #keeps} says no.
     */
    default Optional<StateKeySource> next() {
        return Optional.empty();
    }

    /** Deletes the key that is stored, if there is one. */
    void discard() throws IOException;

    /** What an operator must know about this source; empty where nothing is wrong with it. */
    Optional<String> warning();
}
