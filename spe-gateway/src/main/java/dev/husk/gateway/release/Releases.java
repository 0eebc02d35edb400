package dev.husk.gateway.release;

import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Sandboxes;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.seal.AnswerKey;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Carries a release or refusal of a sandbox's statement out: decision, event, binding and keys in one transaction. What
 * it returns was committed with its event.
 */
@ApplicationScoped
@Transactional
public class Releases {
    @Inject
    private Contracts contracts;

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private CallerRequests requests;

    @Inject
    private Decisions decisions;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private Runs runs;

    @Inject
    private Spent spent;

    @Inject
    private Ledger ledger;

    @Inject
    private ReleaseEvents events;

    @Inject
    private Cosigning cosigning;

    /**
     * @throws RequestRefused with 404 where there is no such contract; nothing is logged then, for nobody could read it;
     *     with 503 where the contract's witnesses do not cosign at the moment: nothing is logged and no run used then
     */
    Outcome release(Asked asked) {
        var now = ledger.lock();
        if (!Invocation.isNonce(asked.nonce())) {
            throw RequestRefused.malformed("a nonce has 16 to 64 characters of base64url");
        }
        var uses = new ArrayList<String>();
        uses.add(Spent.digest("release", asked.sandbox(), asked.nonce()));
        if (spent.contains(uses.get(0))) {
            throw new RequestRefused(403, "REPLAYED", "this signed request was used before");
        }
        var agreement = contracts
                .current(asked.contract())
                .orElseThrow(() -> RequestRefused.notFound("no contract " + asked.contract()));
        var contract = agreement.contract();
        var sandbox = sandboxes.find(asked.sandbox()).orElseThrow();
        var read = requests.read(asked, contract, now);
        read.digest(contract).ifPresent(uses::add);
        var caller = read.invocation().map(Invocation::party);
        var decision = decisions.decide(
                agreement,
                sandbox,
                asked.function(),
                caller,
                read.invocation().map(Invocation::parameters).orElse(asked.parameters()),
                runs.of(contract.name(), asked.function(), now),
                now);
        if (decision instanceof Decision.Granted granted && read.problems().isEmpty()) {
            cosigning.unreachable(contract).ifPresent(away -> {
                read.answerKey().ifPresent(AnswerKey::close);
                throw away;
            });
            return released(asked, contract, sandbox, granted, read.answerKey(), uses);
        }
        read.answerKey().ifPresent(AnswerKey::close);
        return events.refuse(
                asked,
                contract,
                "release",
                reasons(asked, read.problems(), decision),
                ReleaseEvents.concerned(contract, asked.function(), caller),
                uses);
    }

    private static List<Reason> reasons(Asked asked, List<Reason> problems, Decision decision) {
        var reasons = new ArrayList<>(problems);
        if (decision instanceof Decision.Refused refused) {
            // The problem with the signature says more than "no caller".
            refused.reasons().stream()
                    .filter(reason -> problems.isEmpty() || !reason.code().equals("CALLER_UNKNOWN"))
                    .map(reason -> asked.sealed() ? withoutNames(reason) : reason)
                    .distinct()
                    .forEach(reasons::add);
        }
        return reasons;
    }

    /** A refusal goes back in the clear, so it says nothing that only the envelope said. */
    private static Reason withoutNames(Reason reason) {
        return reason.code().equals("PARAMETER_UNKNOWN")
                ? new Reason(reason.code(), "the request has a parameter that the contract does not have")
                : reason;
    }

    private Outcome released(
            Asked asked,
            Contract contract,
            Sandbox sandbox,
            Decision.Granted granted,
            Optional<AnswerKey> answerKey,
            Collection<String> uses) {
        var leaseUntil = sandboxes.narrow(asked.sandbox(), contract, asked.function());
        var grant = granted.grant();
        var keys = new LinkedHashMap<String, byte[]>();
        var digests = new LinkedHashMap<String, String>();
        for (var name : grant.reads()) {
            keys.put(name, dataKeys.key(contract.name(), name).orElseThrow());
            dataKeys.digest(contract.name(), name).ifPresent(digest -> digests.put(name, digest));
        }
        for (var name : grant.writes()) {
            keys.put(name, dataKeys.resultKey(contract.name(), name));
        }
        var event = ReleaseEvents.released(
                asked, contract, grant.reads(), grant.writes(), digests, leaseUntil, sandbox.simulated());
        ReleaseEvents.beginsRun(event);
        Spent.add(event, uses);
        granted.caller().ifPresent(party -> event.addProperty("caller", party));
        // The other parties read the log too: they see what was asked for, not about whom.
        event.add("parameters", ReleaseEvents.names(granted.parameters().keySet()));
        if (asked.sealed()) {
            event.addProperty("sealed", true);
            var appended = events.append(contract, event);
            return new Outcome.Released(
                    contract, granted, leaseUntil, keys, digests, answerKey, Optional.empty(), appended);
        }
        var values = Details.ofRun(Base64Url.random(32), granted.parameters());
        var readers = ReleaseEvents.concerned(contract, asked.function(), granted.caller());
        return new Outcome.Released(
                contract,
                granted,
                leaseUntil,
                keys,
                digests,
                answerKey,
                Optional.of(values.salt()),
                events.append(contract, event, values, readers));
    }
}
