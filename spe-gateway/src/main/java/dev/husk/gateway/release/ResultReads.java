package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.contract.Agreement;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.contract.State;
import dev.husk.gateway.contract.Statement;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.ResultRequest;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Sealed;
import dev.husk.protocol.seal.SealedResultKey;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Gives parties the keys of the results that name them as readers. Decision, event and sealed key are one transaction;
 * what it returns was committed with its event.
 */
@ApplicationScoped
@Transactional
public class ResultReads {
    private static final String WHAT = "result";

    @Inject
    private Contracts contracts;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private Spent spent;

    @Inject
    private Ledger ledger;

    @Inject
    private Cosigning cosigning;

    /** Who asks for what. */
    private record Wanted(Contract contract, String result, String party, String jws) {}

    /**
     * @param party who asks, by token; only this party's own statement counts
     * @throws RequestRefused with 404 where the party has no such contract, or it no such result; with 400 for a statement
     *     that is not of its form; with 503 where the contract's witnesses do not cosign. Nothing is logged then.
     */
    Outcome read(String name, String result, String jws, String party) {
        var now = ledger.lock();
        var agreement = contracts
                .current(name)
                .filter(current -> current.contract().party(party).isPresent())
                .orElseThrow(() -> RequestRefused.notFound("no contract " + name + " of " + party));
        var contract = agreement.contract();
        if (contract.result(result).isEmpty()) {
            throw RequestRefused.notFound("no result " + result + " in " + name);
        }
        var wanted = new Wanted(contract, result, party, jws);
        ResultRequest request;
        try {
            request = request(wanted, now);
        } catch (RequestRefused e) {
            if (e.status() != 403) {
                throw e;
            }
            // Whoever has a party's token alone is seen to have tried.
            return refused(wanted, List.of(new Reason(e.code(), String.valueOf(e.getMessage()))), List.of());
        }
        var use = Spent.digest("read-result", name, party, request.nonce());
        var digest = dataKeys.digest(name, result);
        var reasons = reasons(agreement, wanted, spent.contains(use), digest);
        if (!reasons.isEmpty()) {
            return refused(wanted, reasons, List.of(use));
        }
        cosigning.unreachable(contract).ifPresent(away -> {
            throw away;
        });
        var key = sealed(contract, request);
        var event = event("result-read", wanted);
        event.add("object", ReleaseEvents.object(contract, result, digest));
        event.addProperty("signed", jws);
        Spent.add(event, List.of(use));
        return new Outcome.Read(contract, result, key, ledger.append(name, event));
    }

    private static ResultRequest request(Wanted wanted, Instant now) {
        var payload = Statement.verify(wanted.jws(), wanted.contract(), wanted.party(), now)
                .payload();
        try {
            var request = ResultRequest.parse(payload);
            if (!request.result().equals(wanted.result())) {
                throw new RequestRefused(403, "STATEMENT_MISMATCH", "the statement is about another result");
            }
            return request;
        } catch (MalformedJsonException e) {
            throw RequestRefused.malformed(String.valueOf(e.getMessage()));
        }
    }

    /** Everything that speaks against it. What no run has stated is nobody's result, whatever lies in the store. */
    private static List<Reason> reasons(Agreement agreement, Wanted wanted, boolean replayed, Optional<String> digest) {
        var reasons = new ArrayList<Reason>();
        var contract = wanted.contract();
        if (agreement.state() != State.ACTIVE) {
            reasons.add(new Reason(
                    "CONTRACT_NOT_ACTIVE",
                    contract.name() + " is " + agreement.state().label()));
        }
        if (!contract.result(wanted.result()).orElseThrow().readerParties().contains(wanted.party())) {
            reasons.add(new Reason("READER_DENIED", wanted.party() + " is no reader of " + wanted.result()));
        }
        if (replayed) {
            reasons.add(new Reason("REPLAYED", "this signed request was used before"));
        }
        if (digest.isEmpty()) {
            reasons.add(new Reason("RESULT_MISSING", "no run has written " + wanted.result() + " yet"));
        }
        return reasons;
    }

    private Sealed sealed(Contract contract, ResultRequest request) {
        byte[] key = dataKeys.key(contract.name(), request.result()).orElseThrow();
        try {
            return SealedResultKey.seal(request.key(), contract.id(), request.result(), key);
        } catch (EnvelopeException e) {
            throw RequestRefused.malformed("the statement's key is no X25519 key that can be sealed to");
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private Outcome.Refused refused(Wanted wanted, List<Reason> reasons, Collection<String> uses) {
        var event = event("refused", wanted);
        event.addProperty("what", WHAT);
        if (!uses.isEmpty()) {
            Spent.add(event, uses);
        }
        event.add("reasons", Reason.json(reasons));
        return new Outcome.Refused(reasons, ledger.append(wanted.contract().name(), event));
    }

    private static JsonObject event(String name, Wanted wanted) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", wanted.contract().id());
        event.addProperty("party", wanted.party());
        event.addProperty("result", wanted.result());
        return event;
    }
}
