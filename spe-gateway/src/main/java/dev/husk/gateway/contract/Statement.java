package dev.husk.gateway.contract;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.SignedStatement;
import java.time.Duration;
import java.time.Instant;

/** A party's statement whose signature, subject and age were checked. */
public record Statement(String action, String party, JsonObject payload) {
    /** How far a statement's time may be from the gateway's, either way. */
    static final Duration TOLERANCE = Duration.ofMinutes(10);

    /**
     * Checks a statement against the key that the contract itself gives for the party.
     *
     * @param party who sends it, by token; a statement of another party is refused
     * @throws RequestRefused with 403 if it is not this party's, fresh, and about this contract
     */
    public static Statement verify(String jws, Contract contract, String party, Instant now) {
        var key = contract.party(party)
                .orElseThrow(() -> new RequestRefused(403, "NOT_A_PARTY", party + " is no party of " + contract.name()))
                .key();
        JsonObject payload;
        try {
            payload = SignedStatement.verify(jws, key);
        } catch (InvalidSignatureException e) {
            throw new RequestRefused(
                    403,
                    "SIGNATURE_INVALID",
                    "the statement is not signed by the key that the contract gives for " + party + ": "
                            + e.getMessage());
        }
        if (!Body.text(payload, "party").equals(party)
                || !Body.text(payload, "contract").equals(contract.id())
                || !Body.text(payload, "name").equals(contract.name())) {
            throw new RequestRefused(
                    403, "STATEMENT_MISMATCH", "the statement is about another contract or by another party");
        }
        if (Body.age(payload, now).compareTo(TOLERANCE) > 0) {
            throw new RequestRefused(
                    403, "STATEMENT_STALE", "the statement's time is more than 10 minutes from the gateway's");
        }
        return new Statement(Body.text(payload, "action"), party, payload);
    }
}
