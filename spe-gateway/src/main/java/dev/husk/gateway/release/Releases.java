package dev.husk.gateway.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Sandboxes;
import dev.husk.gateway.attest.Verifier;
import dev.husk.gateway.contract.Agreement;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Appended;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.SealedRequest;
import dev.husk.snp.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Carries a release or refusal out: decision, event, budget, binding and keys in one transaction. What it returns was
 * committed with its event.
 */
@ApplicationScoped
@Transactional
public class Releases {
    /** What a sandbox asks for, its signature verified. */
    record Asked(
            String sandbox,
            String contract,
            String function,
            String activation,
            String nonce,
            String invocation,
            JsonObject parameters) {}

    /** What stands in the database once the transaction has committed. */
    sealed interface Outcome {
        Appended event();

        /**
         * @param keys of what is read and written, by name; the receiver wipes them
         * @param answerKey where the request was sealed; the receiver wipes it
         */
        record Released(
                Contract contract,
                Decision.Granted granted,
                Instant leaseUntil,
                Map<String, byte[]> keys,
                Map<String, String> digests,
                Optional<AnswerKey> answerKey,
                Appended event)
                implements Outcome {

            /** The key of an object that was asked for. */
            byte[] key(String object) {
                return Objects.requireNonNull(keys.get(object), object);
            }
        }

        record Refused(List<Reason> reasons, Appended event) implements Outcome {}
    }

    @Inject
    private Contracts contracts;

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private Verifier verifier;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private InvocationKeys invocationKeys;

    @Inject
    private Budgets budgets;

    @Inject
    private Ledger ledger;

    @Inject
    private Clock clock;

    /** @throws RequestRefused with 404 where there is no such contract; nothing is logged then, for nobody could read it */
    Outcome release(Asked asked) {
        ledger.lock();
        budgets.spend(asked.sandbox(), asked.nonce());
        var now = clock.instant();
        var agreement = agreement(asked.contract());
        var contract = agreement.contract();
        var sandbox = sandboxes.find(asked.sandbox()).orElseThrow();
        var problems = new ArrayList<Reason>();
        var signed = signed(asked, problems);
        var invocation = invocation(signed.jws(), asked, contract, now, problems);
        var request = new ReleaseRequest(
                asked.function(),
                sandbox.code(),
                sandbox.entry(),
                sandbox.plain(),
                sandbox.contract(),
                sandbox.function(),
                invocation.map(Invocation::party),
                invocation.map(Invocation::parameters).orElse(asked.parameters()),
                deposited(contract),
                now);
        var usage = budgets.usage(contract.name(), asked.function(), now);
        var decision =
                ReleasePolicy.decide(contract, agreement.state(), verdict(sandbox, contract, asked), request, usage);
        if (decision instanceof Decision.Granted granted && problems.isEmpty()) {
            return released(asked, contract, sandbox, granted, signed.answerKey(), now);
        }
        signed.answerKey().ifPresent(AnswerKey::close);
        if (decision instanceof Decision.Refused refused) {
            // The problem with the signature says more than "no caller".
            refused.reasons().stream()
                    .filter(reason -> problems.isEmpty() || !reason.code().equals("CALLER_UNKNOWN"))
                    .map(reason -> sealed(asked) ? withoutNames(reason) : reason)
                    .distinct()
                    .forEach(problems::add);
        }
        return new Outcome.Refused(problems, refused(asked, contract, "release", problems));
    }

    private Outcome released(
            Asked asked,
            Contract contract,
            Sandbox sandbox,
            Decision.Granted granted,
            Optional<AnswerKey> answerKey,
            Instant now) {
        budgets.consume(contract.name(), asked.function(), now);
        var leaseUntil = sandboxes.narrow(asked.sandbox(), contract.name(), asked.function());
        var keys = new LinkedHashMap<String, byte[]>();
        var digests = new LinkedHashMap<String, String>();
        for (var name : granted.grant().reads()) {
            keys.put(name, dataKeys.key(contract.name(), name).orElseThrow());
            dataKeys.object(contract.name(), name)
                    .flatMap(DataKeys.Object::sha256)
                    .ifPresent(digest -> digests.put(name, digest));
        }
        for (var name : granted.grant().writes()) {
            keys.put(name, dataKeys.resultKey(contract.name(), name));
        }
        var event = event("released", contract, asked);
        granted.caller().ifPresent(party -> event.addProperty("caller", party));
        if (sealed(asked)) {
            // The other parties read the log too: they see what was asked for, not about whom.
            event.addProperty("sealed", true);
            event.add("parameters", names(granted.parameters().keySet()));
        } else {
            event.add("parameters", logged(granted.parameters()));
        }
        event.add("reads", names(granted.grant().reads()));
        event.add("writes", names(granted.grant().writes()));
        event.addProperty("leaseUntil", leaseUntil.toString());
        event.addProperty("simulated", sandbox.simulated());
        return new Outcome.Released(
                contract, granted, leaseUntil, keys, digests, answerKey, ledger.append(contract.name(), event));
    }

    /**
     * A single key, as the KBS protocol asks for one: only what a lease that still runs has released already, so that
     * no budget is passed by.
     */
    Outcome key(String sandboxId, String contractName, String object) {
        ledger.lock();
        var contract = agreement(contractName).contract();
        var sandbox = sandboxes.find(sandboxId).orElseThrow();
        var function = sandbox.function().orElse("");
        var asked = new Asked(sandboxId, contractName, function, "", "", "", new JsonObject());
        var grant = contract.grant(function);
        var reasons = new ArrayList<Reason>();
        if (!sandbox.contract().equals(Optional.of(contractName)) || grant.isEmpty()) {
            reasons.add(new Reason("NOT_BOUND", "the sandbox is bound to no function of " + contractName));
        } else if (!grant.get().reads().contains(object)) {
            reasons.add(new Reason(
                    "NOT_IN_GRANT",
                    "the grant of " + function + " does not name " + object + "; it names "
                            + String.join(", ", new TreeSet<>(grant.get().reads()))));
        } else if (sandbox.leaseUntil().isEmpty() || !sandbox.leaseUntil().get().isAfter(clock.instant())) {
            reasons.add(new Reason("LEASE_ENDED", "the sandbox holds no lease: ask for a release"));
        }
        if (!reasons.isEmpty()) {
            return new Outcome.Refused(reasons, refused(asked, contract, "key " + object, reasons));
        }
        var event = event("released", contract, asked);
        event.add("reads", names(Set.of(object)));
        event.add("writes", names(Set.of()));
        event.addProperty("simulated", sandbox.simulated());
        return new Outcome.Released(
                contract,
                new Decision.Granted(grant.orElseThrow(), Optional.empty(), new JsonObject()),
                sandbox.leaseUntil().orElseThrow(),
                Map.of(object, dataKeys.key(contractName, object).orElseThrow()),
                Map.of(),
                Optional.empty(),
                ledger.append(contractName, event));
    }

    private Appended refused(Asked asked, Contract contract, String what, List<Reason> reasons) {
        var event = event("refused", contract, asked);
        event.addProperty("what", what);
        event.add("reasons", Reason.json(reasons));
        return ledger.append(contract.name(), event);
    }

    private Verdict verdict(Sandbox sandbox, Contract contract, Asked asked) {
        return contract.function(asked.function())
                .flatMap(function -> contract.platform(function.platform()))
                .map(platform -> verifier.judge(sandbox.evidence(), platform))
                .orElseGet(() -> new Verdict.Rejected(List.of(new dev.husk.snp.Reason(
                        dev.husk.snp.Reason.Code.MEASUREMENT_UNKNOWN, "no platform is named"))));
    }

    /** The caller's statement, out of its envelope where it came in one. */
    private record Signed(String jws, Optional<AnswerKey> answerKey) {}

    private Signed signed(Asked asked, List<Reason> problems) {
        if (!sealed(asked)) {
            return new Signed(asked.invocation(), Optional.empty());
        }
        var pair = invocationKeys.pair(asked.contract(), asked.function());
        if (pair.isEmpty()) {
            problems.add(new Reason("SEALED_UNREADABLE", "nobody has fetched an invocation key of this function yet"));
            return new Signed("", Optional.empty());
        }
        var envelope = asked.invocation().substring(SealedRequest.PREFIX.length());
        try (var keys = pair.get();
                var opened = SealedRequest.open(keys, asked.contract(), asked.function(), envelope)) {
            byte[] answerKey = opened.answerKey().copy();
            var signed = new Signed(
                    new String(opened.plaintext(), StandardCharsets.US_ASCII), Optional.of(AnswerKey.of(answerKey)));
            Arrays.fill(answerKey, (byte) 0);
            return signed;
        } catch (EnvelopeException e) {
            problems.add(new Reason("SEALED_UNREADABLE", String.valueOf(e.getMessage())));
            return new Signed("", Optional.empty());
        }
    }

    private static boolean sealed(Asked asked) {
        return asked.invocation().startsWith(SealedRequest.PREFIX);
    }

    /** A refusal goes back in the clear, so it says nothing that only the envelope said. */
    private static Reason withoutNames(Reason reason) {
        return reason.code().equals("PARAMETER_UNKNOWN")
                ? new Reason(reason.code(), "the request has a parameter that the contract does not have")
                : reason;
    }

    private Optional<Invocation> invocation(
            String jws, Asked asked, Contract contract, Instant now, List<Reason> problems) {
        if (asked.invocation().isEmpty() || !problems.isEmpty()) {
            return Optional.empty();
        }
        var read = Invocation.verify(jws, contract, asked.function(), now);
        read.problem().ifPresent(problems::add);
        read.invocation().ifPresent(invocation -> {
            if (!budgets.fresh(contract.name() + "/" + invocation.party(), invocation.nonce())) {
                problems.add(new Reason("REPLAYED", "this signed request was used before"));
            }
        });
        return read.invocation();
    }

    private Set<String> deposited(Contract contract) {
        var there = new HashSet<String>();
        contract.datasets().forEach(dataset -> there.add(dataset.name()));
        contract.results().forEach(result -> there.add(result.name()));
        there.removeIf(name -> dataKeys.object(contract.name(), name)
                .flatMap(DataKeys.Object::sha256)
                .isEmpty());
        return there;
    }

    private Agreement agreement(String name) {
        return contracts.current(name).orElseThrow(() -> RequestRefused.notFound("no contract " + name));
    }

    private static JsonObject event(String name, Contract contract, Asked asked) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract.id());
        event.addProperty("function", asked.function());
        event.addProperty("sandbox", asked.sandbox());
        event.addProperty("activation", asked.activation());
        return event;
    }

    /** Long texts, such as rows to predict, do not belong into the log. */
    private static JsonObject logged(JsonObject parameters) {
        var shown = new JsonObject();
        parameters.entrySet().forEach(entry -> {
            var text = entry.getValue().toString();
            if (text.length() <= 128) {
                shown.add(entry.getKey(), entry.getValue());
            } else {
                shown.addProperty(entry.getKey(), "(" + text.length() + " characters)");
            }
        });
        return shown;
    }

    private static JsonArray names(Set<String> names) {
        var array = new JsonArray();
        new TreeSet<>(names).forEach(array::add);
        return array;
    }
}
