package dev.husk.cli.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.log.Checkpoint;
import java.util.Optional;

/**
 * A gateway that passed every check. Only a judgement makes one, so a method that takes one cannot hand a secret to a
 * gateway that nobody looked at.
 */
public final class VerifiedGateway {
    private final GatewayKeys keys;
    private final Checkpoint checkpoint;
    private final boolean simulated;
    private final JsonElement recovery;
    private final JsonElement stateKey;

    VerifiedGateway(
            GatewayKeys keys, Checkpoint checkpoint, boolean simulated, JsonElement recovery, JsonElement stateKey) {
        this.recovery = recovery.deepCopy();
        this.stateKey = stateKey.deepCopy();
        this.keys = keys;
        this.checkpoint = checkpoint;
        this.simulated = simulated;
    }

    public GatewayKeys keys() {
        return keys;
    }

    /** The head of its log, signed by its log key and covered by its evidence. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Whether its hardware is a simulator's: then nothing is protected from whoever runs it. */
    public boolean simulated() {
        return simulated;
    }

    /**
     * The holders whom its configuration names instead of those who have shares, if these are they.
     *
     * @param digest as the verification shows it: SHA-256 of their canonical form
     */
    public Optional<JsonObject> otherHolders(String digest) {
        return recovery instanceof JsonObject object
                        && object.get("change") instanceof JsonObject change
                        && RecoveryWords.digest(change).equals(digest)
                ? Optional.of(change.deepCopy())
                : Optional.empty();
    }

    /** Who holds shares of its state key, as its evidence says; JSON null where nobody does. */
    public JsonElement recovery() {
        return recovery.deepCopy();
    }

    /** Where its state key comes from, and which machines get it, as its evidence says. */
    public JsonElement stateKey() {
        return stateKey.deepCopy();
    }
}
