package dev.husk.gateway.contract;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.contract.SignedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A party's statement whose signature, subject and age were checked.
 *
 * @param key the one that signed it
 * @param jws the statement as it was signed
 */
public record Statement(
        String action, String contract, String party, PartyKey key, Instant time, JsonObject payload, String jws) {
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
        return verify(jws, contract, party, List.of(key), now);
    }

    /** @param keys one of which must have signed */
    static Statement verify(String jws, Contract contract, String party, List<PartyKey> keys, Instant now) {
        InvalidSignatureException problem = null;
        for (var key : keys) {
            try {
                return about(contract, party, key, SignedStatement.verify(jws, key), jws, now);
            } catch (InvalidSignatureException e) {
                problem = e;
            }
        }
        throw new RequestRefused(
                403,
                "SIGNATURE_INVALID",
                "the statement is not signed by the key that the contract gives for " + party + ": "
                        + (problem == null ? "it gives none" : problem.getMessage()));
    }

    private static Statement about(
            Contract contract, String party, PartyKey key, JsonObject payload, String jws, Instant now) {
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
        return new Statement(
                Body.text(payload, "action"),
                contract.id(),
                party,
                key,
                Instant.parse(Body.text(payload, "time")),
                payload,
                jws);
    }

    /** By which the log knows that it counted. */
    public String digest() {
        return Spent.statement(jws);
    }

    /** The event that it makes: with the statement itself, so that every party can check who said what. */
    JsonObject event(String name) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract);
        event.addProperty("party", party);
        event.addProperty("signed", jws);
        Spent.add(event, List.of(digest()));
        return event;
    }
}
