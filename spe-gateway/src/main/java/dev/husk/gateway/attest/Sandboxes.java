package dev.husk.gateway.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.attest.Sandbox.Bound;
import dev.husk.gateway.contract.Agreement;
import dev.husk.gateway.contract.ContractStopped;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.contract.State;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The sandboxes and their one binding each (design section 5). */
@ApplicationScoped
@Transactional
public class Sandboxes {
    /** How long a sandbox may use keys before it must ask again. */
    public static final Duration LEASE = Duration.ofMinutes(10);

    @Inject
    private SandboxRows rows;

    @Inject
    private LastWrites writes;

    @Inject
    private Ledger ledger;

    @Inject
    private Contracts contracts;

    /**
     * What asks to be bound, judged genuine.
     *
     * @param digest of the evidence as it was sent
     */
    record Attested(
            String id,
            Bound bound,
            String activation,
            TeeKey teeKey,
            Evidence evidence,
            String digest,
            String source,
            boolean simulated) {}

    /** What came of an attempt to bind. */
    public sealed interface Binding {
        record To(Sandbox sandbox) implements Binding {}

        /** The sandbox was bound before: an alarm stands in the log of the contract whose code ran there. */
        record BoundBefore() implements Binding {}
    }

    /**
     * Binds a sandbox, for ever, and says so in the log of each contract that names what it is bound to.
     *
     * <p>A stock guest attests again for each token. As long as the hardware vouches for the same init-data that is the
     * binding that it has, with a newer key; everything else is a second binding.
     */
    Binding bind(Attested attested) {
        ledger.lock();
        var before = rows.find(attested.id());
        if (before.isPresent()) {
            if (attested.bound() instanceof Bound.ToInitData
                    && attested.bound().equals(SandboxRows.bound(before.get()))) {
                return new Binding.To(again(before.get(), attested));
            }
            alarm(before.get(), attested);
            return new Binding.BoundBefore();
        }
        var naming = naming(attested.bound());
        var row = new SandboxRow();
        row.id = attested.id();
        row.activation = attested.activation();
        row.source = attested.source();
        row.teeKey = attested.teeKey().jwk().toString();
        row.simulated = attested.simulated();
        row.plain = naming.isEmpty();
        row.boundIn = String.join(" ", naming.stream().map(Contract::name).toList());
        SandboxRows.put(row, attested.bound());
        SandboxRows.put(row, attested.evidence());
        rows.add(row, logBinding(naming, row, attested));
        return new Binding.To(rows.sandbox(row));
    }

    /** Says it to each contract that names the binding, or else to the gateway's own chain: that it is plain counts too. */
    private long logBinding(List<Contract> naming, SandboxRow row, Attested attested) {
        if (naming.isEmpty()) {
            var event = event("sandbox-bound", row.id);
            event.addProperty("plain", true);
            event.addProperty("source", attested.source());
            event.addProperty("simulated", attested.simulated());
            return ledger.append(Ledger.GATEWAY, event).index();
        }
        return naming.stream()
                .mapToLong(contract -> ledger.append(contract.name(), boundEvent(contract, row, attested))
                        .index())
                .max()
                .orElseThrow();
    }

    /** A plain sandbox stays what it is: of one that gets no key, no newer evidence is needed. */
    private Sandbox again(SandboxRow row, Attested attested) {
        if (!row.plain) {
            row.teeKey = attested.teeKey().jwk().toString();
            SandboxRows.put(row, attested.evidence());
            rows.keep(
                    row,
                    concerned(row).stream()
                            .mapToLong(
                                    contract -> ledger.append(contract.name(), attestedEvent(contract, row, attested))
                                            .index())
                            .max()
                            .orElseThrow());
        }
        return rows.sandbox(row);
    }

    private static JsonObject attestedEvent(Contract contract, SandboxRow row, Attested attested) {
        var event = event("sandbox-attested", contract.id(), row.id);
        event.addProperty("evidence", attested.digest());
        return event;
    }

    private static JsonObject boundEvent(Contract contract, SandboxRow row, Attested attested) {
        var event = event("sandbox-bound", contract.id(), row.id);
        if (attested.bound() instanceof Bound.ToArchive archive) {
            event.addProperty("code", archive.code());
            event.addProperty("entry", archive.entry());
            event.addProperty("key", archive.signingKey().text());
            event.addProperty("activation", attested.activation());
        } else {
            event.addProperty(
                    "initData", ((Bound.ToInitData) attested.bound()).pin().toString());
        }
        event.addProperty("source", attested.source());
        event.addProperty("simulated", attested.simulated());
        event.addProperty("evidence", attested.digest());
        return event;
    }

    /** The active contracts in which a function is what a sandbox is bound to. */
    private List<Contract> naming(Bound bound) {
        if (bound instanceof Bound.ToArchive archive) {
            return contracts.naming(archive.code());
        }
        var pin = ((Bound.ToInitData) bound).pin();
        return contracts.active().stream()
                .filter(contract -> contract.functions().stream()
                        .flatMap(function -> contract.platform(function.platform()).stream())
                        .anyMatch(platform -> names(platform, pin)))
                .toList();
    }

    private static boolean names(Contract.Platform platform, Bytes pin) {
        return platform.binding() == Contract.Binding.INITDATA
                && PlatformRequirements.of(platform)
                        .pins()
                        .map(pins -> pins.contains(pin))
                        .orElse(false);
    }

    private void alarm(SandboxRow before, Attested attested) {
        var reason = new JsonObject();
        reason.addProperty("code", "BOUND_BEFORE");
        reason.addProperty(
                "detail",
                "ALARM: a sandbox bound to " + named(SandboxRows.bound(before)) + " asked to be bound again, to "
                        + named(attested.bound()));
        var reasons = new JsonArray();
        reasons.add(reason);
        for (var contract : concerned(before)) {
            var event = event("refused", contract.id(), before.id);
            event.addProperty("what", "bind");
            event.addProperty("activation", attested.activation());
            event.add("reasons", reasons);
            ledger.append(contract.name(), event);
        }
    }

    private static String named(Bound bound) {
        return bound instanceof Bound.ToArchive archive
                ? archive.code()
                : "init-data " + ((Bound.ToInitData) bound).pin();
    }

    /** Whose code runs in a sandbox: the contract that it was narrowed to, or all that named its binding. */
    private List<Contract> concerned(SandboxRow row) {
        var names = row.contract != null ? List.of(row.contract) : List.of(row.boundIn.split(" "));
        return names.stream()
                .flatMap(name -> contracts.current(name).stream())
                .map(Agreement::contract)
                .toList();
    }

    public Optional<Sandbox> find(String id) {
        return rows.find(id).map(rows::sandbox);
    }

    /**
     * Narrows a sandbox to one function of one contract and starts a lease under this version, until the time that comes
     * back. The next event is the release that says so.
     */
    public Instant narrow(String id, Contract contract, String function) {
        var row = rows.find(id).orElseThrow();
        row.contract = contract.name();
        row.contractId = contract.id();
        row.function = function;
        var until = until(row, contract, ledger.lock());
        long event = writes.next();
        rows.lease(row, event, until);
        rows.keep(row, event);
        return until;
    }

    private static Instant until(SandboxRow row, Contract contract, Instant now) {
        var until = now.plus(LEASE);
        return contract.grant(String.valueOf(row.function))
                .flatMap(grant -> grant.limits().until())
                .filter(end -> end.isBefore(until))
                .map(end -> end.truncatedTo(ChronoUnit.MILLIS))
                .orElse(until);
    }

    /**
     * Extends the lease of a sandbox that holds one. It ends here where its contract is not active any more in the
     * version that the keys were released under, or the grant's time is past; empty then, and when it had ended before.
     */
    public Optional<Instant> renew(String id) {
        var now = ledger.lock();
        var row = rows.find(id).orElseThrow();
        if (row.contract == null) {
            return Optional.of(now.plus(LEASE));
        }
        var lease = rows.sandbox(row).lease();
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        var agreement = contracts.current(row.contract).orElseThrow();
        var contract = agreement.contract();
        if (agreement.state() != State.ACTIVE) {
            end(row, "the contract is " + agreement.state().label());
            return Optional.empty();
        }
        if (!lease.get().isUnder(agreement)) {
            end(
                    row,
                    contract.id().equals(row.contractId)
                            ? "the contract was stopped since"
                            : "replaced by version " + contract.version());
            return Optional.empty();
        }
        var until = until(row, contract, now);
        if (!until.isAfter(now)) {
            end(row, "the grant's time is past");
            return Optional.empty();
        }
        rows.lease(row, lease.get().since(), until);
        return Optional.of(until);
    }

    /** Ends the leases under a contract that has stopped, each with its event. */
    void end(@Observes ContractStopped stopped) {
        rows.leasing(stopped.name(), ledger.lock()).forEach(row -> end(row, stopped.reason()));
    }

    private void end(SandboxRow row, String reason) {
        row.leaseUntil = null;
        row.leaseLeaf = null;
        row.sealedLease = new byte[0];
        rows.keep(row, writes.next());
        var event = event("lease-ended", String.valueOf(row.contractId), row.id);
        event.addProperty("function", String.valueOf(row.function));
        event.addProperty("reason", reason);
        ledger.append(String.valueOf(row.contract), event);
    }

    private static JsonObject event(String name, String sandbox) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("sandbox", sandbox);
        return event;
    }

    private static JsonObject event(String name, String contract, String sandbox) {
        var event = event(name, sandbox);
        event.addProperty("contract", contract);
        return event;
    }
}
