package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.contract.StatementSubject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.SignedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A caller's signed request: who calls which function with which parameters, once.
 *
 * @param nonce what makes a second use of the same request visible
 */
record Invocation(String party, JsonObject parameters, String nonce) {
    private static final Duration LIFE = Duration.ofMinutes(15);

    /** What came of reading one: the invocation, or why it does not count. */
    record Read(Optional<Invocation> invocation, Optional<Reason> problem) {}

    /** Reads and verifies a signed request; a wrong one is a reason for refusal, not an error. */
    static Read verify(String jws, Contract contract, String function, Instant now) {
        var party = StatementSubject.member(jws, "party").flatMap(contract::party);
        if (party.isEmpty()) {
            return problem("the request names no party of " + contract.name());
        }
        try {
            var payload = SignedStatement.verify(jws, party.get().key());
            if (!Body.text(payload, "action").equals("invoke")
                    || !Body.text(payload, "contract").equals(contract.name())
                    || !Body.text(payload, "function").equals(function)) {
                return problem("the signed request is not for function " + function + " of contract " + contract.name()
                        + ", which this action serves");
            }
            if (Body.age(payload, now).compareTo(LIFE) > 0) {
                return problem("the signed request is older than 15 minutes, or of the future");
            }
            if (!isNonce(Body.text(payload, "nonce"))) {
                return problem("the signed request is malformed");
            }
            return new Read(
                    Optional.of(new Invocation(
                            party.get().name(), Body.object(payload, "parameters"), Body.text(payload, "nonce"))),
                    Optional.empty());
        } catch (InvalidSignatureException e) {
            return problem("the key of " + party.get().name() + " did not sign this request");
        } catch (RequestRefused e) {
            return problem("the signed request is malformed");
        }
    }

    /** Whether a nonce is long enough to be one, and not longer than need be. */
    static boolean isNonce(String nonce) {
        return nonce.matches("[\\w-]{16,64}");
    }

    private static Read problem(String detail) {
        return new Read(Optional.empty(), Optional.of(new Reason("CALLER_UNKNOWN", detail)));
    }
}
