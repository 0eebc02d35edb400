package dev.husk.gateway.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.contract.ContractStopped;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The sandboxes and their one binding each (design section 5). */
@ApplicationScoped
@Transactional
public class Sandboxes {
    /** How long a sandbox may use keys before it must ask again. */
    public static final Duration LEASE = Duration.ofMinutes(10);

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private Ledger ledger;

    @Inject
    private Contracts contracts;

    @Inject
    private Clock clock;

    /** What came of an attempt to bind. */
    public sealed interface Binding {
        record Bound(Sandbox sandbox) implements Binding {}

        /** The sandbox was bound before: an alarm stands in the log of the contract whose code ran there. */
        record BoundBefore(String code) implements Binding {}
    }

    /** Binds a sandbox to an archive, for ever, and says so in the log of each contract that names the archive. */
    public Binding bind(
            String id, CodeClaim claim, TeeKey teeKey, Sandbox.Evidence evidence, boolean simulated, String source) {
        ledger.lock();
        var before = database.find(SandboxRow.class, id);
        if (before != null) {
            alarm(before, claim);
            return new Binding.BoundBefore(before.code);
        }
        var naming = contracts.naming(claim.code());
        var row = new SandboxRow();
        row.id = id;
        row.code = claim.code();
        row.entry = claim.entry();
        row.activation = claim.activation();
        row.source = source;
        row.teeKey = teeKey.jwk().toString();
        row.signingKey = claim.key().text();
        row.report = evidence.report().toArray();
        row.certificates = Certificates.encode(evidence.certificates());
        row.reportData = evidence.reportData().toArray();
        row.simulated = simulated;
        row.plain = naming.isEmpty();
        database.persist(row);
        for (var contract : naming) {
            var event = event("sandbox-bound", contract.id(), id);
            event.addProperty("code", claim.code());
            event.addProperty("entry", claim.entry());
            event.addProperty("activation", claim.activation());
            event.addProperty("source", source);
            event.addProperty("simulated", simulated);
            ledger.append(contract.name(), event);
        }
        return new Binding.Bound(sandbox(row));
    }

    private void alarm(SandboxRow before, CodeClaim claim) {
        var reason = new JsonObject();
        reason.addProperty("code", "BOUND_BEFORE");
        reason.addProperty(
                "detail", "ALARM: a sandbox bound to " + before.code + " asked to be bound again, to " + claim.code());
        var reasons = new JsonArray();
        reasons.add(reason);
        for (var contract : contracts.naming(before.code)) {
            if (before.contract != null && !before.contract.equals(contract.name())) {
                continue;
            }
            var event = event("refused", contract.id(), before.id);
            event.addProperty("what", "bind");
            event.addProperty("activation", claim.activation());
            event.add("reasons", reasons);
            ledger.append(contract.name(), event);
        }
    }

    public Optional<Sandbox> find(String id) {
        return Optional.ofNullable(database.find(SandboxRow.class, id)).map(Sandboxes::sandbox);
    }

    /** Narrows a sandbox to one function of one contract and starts, or extends, its lease. */
    public Instant narrow(String id, String contract, String function) {
        var row = database.find(SandboxRow.class, id);
        row.contract = contract;
        row.function = function;
        var until = clock.instant().plus(LEASE);
        row.leaseUntil = until;
        return until;
    }

    /** Extends the lease of a sandbox that holds one; empty where it has ended. */
    public Optional<Instant> renew(String id) {
        var row = database.find(SandboxRow.class, id);
        if (row.contract == null) {
            return Optional.of(clock.instant().plus(LEASE));
        }
        boolean active =
                contracts.active().stream().anyMatch(contract -> contract.name().equals(row.contract));
        if (!active || row.leaseUntil == null) {
            return Optional.empty();
        }
        var until = clock.instant().plus(LEASE);
        row.leaseUntil = until;
        return Optional.of(until);
    }

    /** Ends the leases under a contract that has stopped, each with its event. */
    void end(@Observes ContractStopped stopped) {
        var rows = database.createQuery(
                        "select s from SandboxRow s where s.contract = :name and s.leaseUntil is not null",
                        SandboxRow.class)
                .setParameter("name", stopped.name())
                .getResultList();
        var id = contracts
                .current(stopped.name())
                .map(agreement -> agreement.contract().id())
                .orElse("");
        for (var row : rows) {
            boolean running = row.leaseUntil != null && row.leaseUntil.isAfter(clock.instant());
            row.leaseUntil = null;
            if (running) {
                var event = event("lease-ended", id, row.id);
                event.addProperty("function", String.valueOf(row.function));
                event.addProperty("reason", stopped.reason());
                ledger.append(stopped.name(), event);
            }
        }
    }

    private static JsonObject event(String name, String contract, String sandbox) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract);
        event.addProperty("sandbox", sandbox);
        return event;
    }

    private static Sandbox sandbox(SandboxRow row) {
        try {
            return new Sandbox(
                    row.id,
                    row.code,
                    row.entry,
                    TeeKey.parse(Json.parse(row.teeKey.getBytes(StandardCharsets.UTF_8), 1 << 16)
                            .getAsJsonObject()),
                    PartyKey.parse(row.signingKey),
                    new Sandbox.Evidence(
                            Bytes.copyOf(row.report),
                            Certificates.decode(row.certificates),
                            Bytes.copyOf(row.reportData)),
                    row.simulated,
                    row.plain,
                    Optional.ofNullable(row.contract),
                    Optional.ofNullable(row.function),
                    Optional.ofNullable(row.leaseUntil));
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("a stored sandbox is damaged", e);
        }
    }
}
