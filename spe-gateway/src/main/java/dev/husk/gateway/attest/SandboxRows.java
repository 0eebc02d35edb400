package dev.husk.gateway.attest;

import dev.husk.gateway.attest.Sandbox.Bound;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.Resealable;
import dev.husk.gateway.keys.Resealing;
import dev.husk.gateway.keys.SealedColumn;
import dev.husk.gateway.keys.StateKey;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.WrittenRows;
import dev.husk.protocol.contract.Contract.Binding;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.azure.AzureEvidence;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes in the database, each row sealed as a whole with the index of the event that wrote it: one that was changed,
 * put back or taken away is an error, never an answer. A renewed lease is sealed by itself; put back, it ends earlier.
 */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class SandboxRows implements Resealable {
    private static final System.Logger LOG = System.getLogger(SandboxRows.class.getName());

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private WrittenRows written;

    @Inject
    private Ledger ledger;

    /** @throws IllegalStateException if the row is not what the log's last event about it left */
    Optional<SandboxRow> find(String id) {
        var row = database.find(SandboxRow.class, id);
        if (damage(id, row).isPresent()) {
            // Without the lock, another transaction may have written it between the look at the log and at the row.
            ledger.lock();
            if (row != null) {
                database.detach(row);
            }
            row = database.find(SandboxRow.class, id);
            damage(id, row).ifPresent(what -> {
                throw new IllegalStateException(what);
            });
        }
        return Optional.ofNullable(row);
    }

    /** Those with a running lease under any version of a contract. One that was changed is of no use anyway. */
    List<SandboxRow> leasing(String contract, Instant now) {
        return database.createQuery(
                        "select s from SandboxRow s where s.contract = :name and s.leaseUntil > :now", SandboxRow.class)
                .setParameter("name", contract)
                .setParameter("now", now)
                .getResultStream()
                .filter(row -> {
                    var damage = damage(row.id, row);
                    damage.ifPresent(what -> LOG.log(System.Logger.Level.ERROR, what));
                    return damage.isEmpty();
                })
                .toList();
    }

    void add(SandboxRow row, long event) {
        keep(row, event);
        database.persist(row);
    }

    /**
     * Must follow every change of a row but its lease's.
     *
     * @param event index of the event that says so
     */
    void keep(SandboxRow row, long event) {
        row.sealed = stateKey.seal(column(row, event), row.digest());
    }

    /** Begins the lease of what an event releases; or gives one that there is a later end. */
    void lease(SandboxRow row, long since, Instant until) {
        row.leaseLeaf = since;
        row.leaseUntil = until;
        row.sealedLease = stateKey.seal(
                leaseColumn(row, since),
                ByteBuffer.allocate(Long.BYTES).putLong(until.toEpochMilli()).array());
    }

    @Override
    public Set<String> columns() {
        return Set.of("sandbox.sealed", "sandbox.sealed_lease");
    }

    @Override
    public void reseal(Resealing resealing) {
        resealing.each(
                "",
                (after, most) -> database.createQuery(
                                "select s from SandboxRow s where s.id > :after order by s.id", SandboxRow.class)
                        .setParameter("after", after)
                        .setMaxResults(most)
                        .getResultList(),
                row -> row.id,
                row -> {
                    row.sealed = resealing.again(column(row, written.ofSandbox(row.id)), row.sealed);
                    if (row.leaseLeaf != null) {
                        row.sealedLease = resealing.again(leaseColumn(row, row.leaseLeaf), row.sealedLease);
                    }
                });
    }

    private Optional<Sandbox.Lease> lease(SandboxRow row) {
        if (row.leaseLeaf == null || row.contractId == null) {
            return Optional.empty();
        }
        byte[] until = stateKey.open(leaseColumn(row, row.leaseLeaf), row.sealedLease);
        return Optional.of(new Sandbox.Lease(
                row.contractId,
                row.leaseLeaf,
                Instant.ofEpochMilli(ByteBuffer.wrap(until).getLong())));
    }

    private static SealedColumn column(SandboxRow row, long event) {
        return SealedColumn.of("sandbox", event, row.id);
    }

    private static SealedColumn leaseColumn(SandboxRow row, long since) {
        return new SealedColumn("sandbox", "sealed_lease", List.of(row.id), since);
    }

    /** In what a row differs from what the log's last event about it left; empty where it does not. */
    private Optional<String> damage(String id, @Nullable SandboxRow row) {
        long event = written.ofSandbox(id);
        if (row == null) {
            return event == LastWrites.NEVER
                    ? Optional.empty()
                    : Optional.of(
                            "the database's sandbox " + id + ", of which entry " + event + " tells, was taken away");
        }
        if (event == LastWrites.NEVER) {
            return Optional.of("the database's sandbox " + id + " is one of which the log tells nothing");
        }
        try {
            return MessageDigest.isEqual(stateKey.open(column(row, event), row.sealed), row.digest())
                    ? Optional.empty()
                    : Optional.of("the database's sandbox " + id + " was changed");
        } catch (IllegalStateException e) { // it does not open
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    static void put(SandboxRow row, Bound bound) {
        row.binding = bound.kind().name();
        if (bound instanceof Bound.ToArchive archive) {
            row.code = archive.code();
            row.entry = archive.entry();
            row.signingKey = archive.signingKey().text();
        } else {
            row.pin = ((Bound.ToInitData) bound).pin().toArray();
        }
    }

    static void put(SandboxRow row, Evidence evidence) {
        row.reportData = evidence.reportData().toArray();
        if (evidence instanceof Evidence.Azure wrapped) {
            var azure = wrapped.evidence();
            var quote = new ArrayList<Bytes>();
            quote.add(azure.quote());
            quote.add(azure.signature());
            quote.addAll(azure.pcrs());
            row.report = azure.hclReport().toArray();
            row.certificates = Certificates.encode(azure.certificates());
            row.quote = Certificates.encode(quote);
        } else {
            var snp = (Evidence.Snp) evidence;
            row.report = snp.report().toArray();
            row.certificates = Certificates.encode(snp.certificates());
            row.quote = new byte[0];
        }
    }

    Sandbox sandbox(SandboxRow row) {
        return new Sandbox(
                row.id,
                bound(row),
                teeKey(row.teeKey),
                evidence(row),
                row.simulated,
                row.plain,
                Optional.ofNullable(row.contract),
                Optional.ofNullable(row.function),
                lease(row));
    }

    static Bound bound(SandboxRow row) {
        return switch (Binding.valueOf(row.binding)) {
            case SANDBOX -> new Bound.ToArchive(row.code, row.entry, PartyKey.parse(row.signingKey));
            case INITDATA -> new Bound.ToInitData(Bytes.copyOf(row.pin));
        };
    }

    private static Evidence evidence(SandboxRow row) {
        var report = Bytes.copyOf(row.report);
        var certificates = Certificates.decode(row.certificates);
        var reportData = Bytes.copyOf(row.reportData);
        if (row.quote.length == 0) {
            return new Evidence.Snp(report, certificates, reportData);
        }
        var quote = Certificates.decode(row.quote);
        return new Evidence.Azure(
                new AzureEvidence(report, quote.get(0), quote.get(1), quote.subList(2, quote.size()), certificates),
                reportData);
    }

    private static TeeKey teeKey(String jwk) {
        try {
            return TeeKey.parse(
                    Json.parse(jwk.getBytes(StandardCharsets.UTF_8), 1 << 16).getAsJsonObject());
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("a stored sandbox is damaged", e);
        }
    }
}
