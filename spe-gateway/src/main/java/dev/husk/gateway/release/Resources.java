package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Sandboxes;
import dev.husk.gateway.contract.Agreement;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.contract.State;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.snp.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Single objects of a contract, as the KBS protocol asks for them. Each is one transaction with its event. */
@ApplicationScoped
@Transactional
public class Resources {
    @Inject
    private Contracts contracts;

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private Decisions decisions;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private Runs runs;

    @Inject
    private Ledger ledger;

    @Inject
    private ReleaseEvents events;

    @Inject
    private Cosigning cosigning;

    /** One request: whose, for what, and when. */
    private record Wanted(Agreement agreement, Sandbox sandbox, String object, String resource, Instant now) {
        Contract contract() {
            return agreement.contract();
        }

        Asked asked(String function) {
            return Asked.resource(sandbox.id(), contract().name(), function);
        }
    }

    /**
     * A sandbox of the function runtime gets what a lease that still runs has released already, so that no budget is
     * passed by; a stock guest, which has no other way to ask, gets its release by it.
     *
     * @param resource as the event names it
     */
    Outcome get(String sandboxId, String contract, String object, String resource) {
        var now = ledger.lock();
        var agreement =
                contracts.current(contract).orElseThrow(() -> RequestRefused.notFound("no contract " + contract));
        var sandbox = sandboxes.find(sandboxId).orElseThrow();
        var wanted = new Wanted(agreement, sandbox, object, resource, now);
        return sandbox.bound() instanceof Sandbox.Bound.ToInitData ? fetched(wanted) : again(wanted);
    }

    private Outcome again(Wanted wanted) {
        var contract = wanted.contract();
        var sandbox = wanted.sandbox();
        var asked = wanted.asked(sandbox.function().orElse(""));
        var grant = contract.grant(asked.function());
        var reasons = new ArrayList<Reason>();
        if (wanted.agreement().state() != State.ACTIVE) {
            reasons.add(new Reason(
                    "CONTRACT_NOT_ACTIVE",
                    contract.name() + " is " + wanted.agreement().state().label()));
        } else if (!sandbox.contract().equals(Optional.of(contract.name())) || grant.isEmpty()) {
            reasons.add(new Reason("NOT_BOUND", "the sandbox is bound to no function of " + contract.name()));
        } else if (!grant.get().reads().contains(wanted.object())) {
            reasons.add(notInGrant(grant.get(), wanted.object()));
        } else if (!sandbox.holdsLease(wanted.agreement(), wanted.now())) {
            reasons.add(new Reason("LEASE_ENDED", "the sandbox holds no lease: ask for a release"));
        }
        return reasons.isEmpty()
                ? released(
                        wanted,
                        asked,
                        grant.orElseThrow(),
                        sandbox.lease().orElseThrow().until(),
                        false)
                : refused(wanted, asked, reasons, Set.of());
    }

    /**
     * A stock guest's release. The first object begins a run, which the contract's limits count; others follow within
     * its lease, each decided anew but for those limits. After the lease the next begins another run.
     */
    private Outcome fetched(Wanted wanted) {
        var contract = wanted.contract();
        var sandbox = wanted.sandbox();
        var object = wanted.object();
        var fitting = sandbox.contract().equals(Optional.of(contract.name()))
                ? sandbox.function().map(List::of).orElse(List.of())
                : reading(contract, sandbox, object);
        if (fitting.size() != 1) {
            var reason = fitting.isEmpty()
                    ? new Reason(
                            "NOT_IN_GRANT",
                            "no function of " + contract.name() + " on a platform with initdata binding reads "
                                    + object)
                    : new Reason(
                            "FUNCTION_AMBIGUOUS",
                            "these init-data fit " + String.join(" and ", fitting) + ", which read " + object);
            return refused(wanted, wanted.asked(""), List.of(reason), Set.of());
        }
        var asked = wanted.asked(fitting.get(0));
        boolean running = sandbox.holdsLease(wanted.agreement(), wanted.now());
        // A run that has begun was counted then.
        var usage = running ? new Usage(0, 0) : runs.of(contract.name(), asked.function(), wanted.now());
        var decision = decisions.decide(
                wanted.agreement(), sandbox, asked.function(), Optional.empty(), new JsonObject(), usage, wanted.now());
        if (decision instanceof Decision.Refused refused) {
            return refused(
                    wanted,
                    asked,
                    refused.reasons(),
                    ReleaseEvents.concerned(contract, asked.function(), Optional.empty()));
        }
        var grant = ((Decision.Granted) decision).grant();
        if (!grant.reads().contains(object)) {
            return refused(wanted, asked, List.of(notInGrant(grant, object)), Set.of());
        }
        var leaseUntil = running
                ? sandbox.lease().orElseThrow().until()
                : sandboxes.narrow(sandbox.id(), contract, asked.function());
        return released(wanted, asked, grant, leaseUntil, !running);
    }

    /** The functions that read an object where a sandbox bound by init-data may be meant: those that fit, or all. */
    private List<String> reading(Contract contract, Sandbox sandbox, String object) {
        var all = contract.functions().stream()
                .filter(function -> contract.platform(function.platform())
                        .filter(platform -> platform.binding() == Contract.Binding.INITDATA)
                        .isPresent())
                .map(Contract.Function::name)
                .filter(function -> contract.grant(function)
                        .filter(grant -> grant.reads().contains(object))
                        .isPresent())
                .toList();
        var fitting = all.stream()
                .filter(function -> decisions.verdict(sandbox, contract, function) instanceof Verdict.Trusted)
                .toList();
        return fitting.isEmpty() ? all : fitting;
    }

    private Outcome released(Wanted wanted, Asked asked, Contract.Grant grant, Instant leaseUntil, boolean beginsRun) {
        var contract = wanted.contract();
        cosigning.unreachable(contract).ifPresent(away -> {
            throw away;
        });
        var object = wanted.object();
        var digests = new LinkedHashMap<String, String>();
        dataKeys.digest(contract.name(), object).ifPresent(digest -> digests.put(object, digest));
        var key = dataKeys.key(contract.name(), object).orElseThrow();
        var event = ReleaseEvents.released(
                asked,
                contract,
                Set.of(object),
                Set.of(),
                digests,
                leaseUntil,
                wanted.sandbox().simulated());
        event.addProperty("resource", wanted.resource());
        if (beginsRun) {
            ReleaseEvents.beginsRun(event);
        }
        return new Outcome.Released(
                contract,
                new Decision.Granted(grant, Optional.empty(), new JsonObject()),
                leaseUntil,
                Map.of(object, key),
                digests,
                Optional.empty(),
                Optional.empty(),
                events.append(contract, event));
    }

    private Outcome refused(Wanted wanted, Asked asked, List<Reason> reasons, Set<String> concerned) {
        return events.refuse(asked, wanted.contract(), wanted.resource(), reasons, concerned, List.of());
    }

    private static Reason notInGrant(Contract.Grant grant, String object) {
        return new Reason(
                "NOT_IN_GRANT",
                "the grant of " + grant.function() + " does not name " + object + "; it names "
                        + String.join(", ", new TreeSet<>(grant.reads())));
    }
}
