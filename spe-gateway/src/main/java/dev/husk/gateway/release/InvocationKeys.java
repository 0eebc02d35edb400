package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.contract.State;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.Resealable;
import dev.husk.gateway.keys.Resealing;
import dev.husk.gateway.keys.SealedColumn;
import dev.husk.gateway.keys.StateKey;
import dev.husk.gateway.log.Appended;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.seal.HpkeKeyPair;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that callers seal requests to, one for each function of each contract: made when a party first asks for it,
 * in one transaction with the event that names it, and never changed.
 */
@ApplicationScoped
@Transactional
public class InvocationKeys implements Resealable {
    /** A key as callers get it, with the event that names it. */
    record Published(String key, Appended event, Contract contract) {}

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private LastWrites writes;

    @Inject
    private Ledger ledger;

    @Inject
    private Contracts contracts;

    /** @throws RequestRefused where {@code party} is no party of such a contract, or it has no such function */
    Published publish(String name, String function, String party) {
        boolean known = writes.of(name, row(function)) != LastWrites.NEVER;
        if (!known) {
            // Another request, or another replica, must not make another.
            ledger.lock();
        }
        var agreement = contracts
                .current(name)
                .filter(current -> current.contract().party(party).isPresent())
                .orElseThrow(() -> RequestRefused.notFound("no contract " + name + " of " + party));
        var contract = agreement.contract();
        if (contract.function(function).isEmpty()) {
            throw RequestRefused.notFound("no function " + function + " in " + name);
        }
        var row = find(name, function);
        if (row.isPresent()) {
            return published(row.get(), contract);
        }
        if (agreement.state() != State.ACTIVE) {
            throw RequestRefused.conflict(name + " is " + agreement.state().label()
                    + ": its functions take requests once all parties have accepted it");
        }
        return make(contract, function);
    }

    private Published make(Contract contract, String function) {
        try (var pair = HpkeKeyPair.generate()) {
            var key = Base64Url.encode(pair.publicKey());
            var event = new JsonObject();
            event.addProperty("event", "invocation-key");
            event.addProperty("contract", contract.id());
            event.addProperty("name", contract.name());
            event.addProperty("function", function);
            event.addProperty("key", key);
            var appended = ledger.append(contract.name(), event);
            var row = new InvocationKeyRow();
            row.id = new InvocationKeyRow.Id(contract.name(), function);
            row.leaf = appended.index();
            byte[] secret = pair.secret();
            row.sealed = stateKey.seal(column(row, row.leaf), secret);
            Arrays.fill(secret, (byte) 0);
            database.persist(row);
            return new Published(key, appended, contract);
        }
    }

    private Published published(InvocationKeyRow row, Contract contract) {
        try (var pair = pair(row)) {
            return new Published(Base64Url.encode(pair.publicKey()), ledger.appended(row.leaf), contract);
        }
    }

    /** The key pair, which the caller closes; empty where no party has asked for the key yet. */
    Optional<HpkeKeyPair> pair(String contract, String function) {
        return find(contract, function).map(this::pair);
    }

    private HpkeKeyPair pair(InvocationKeyRow row) {
        long version = writes.of(row.id.contract(), row(row.id.function()));
        byte[] secret = stateKey.open(column(row, version), row.sealed);
        try {
            return HpkeKeyPair.of(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private Optional<InvocationKeyRow> find(String contract, String function) {
        var row =
                Optional.ofNullable(database.find(InvocationKeyRow.class, new InvocationKeyRow.Id(contract, function)));
        if (row.isEmpty() && writes.of(contract, row(function)) != LastWrites.NEVER) {
            throw new IllegalStateException(
                    "the database's invocation_key/" + contract + "/" + function + " was taken away");
        }
        return row;
    }

    @Override
    public Set<String> columns() {
        return Set.of("invocation_key.sealed");
    }

    @Override
    public void reseal(Resealing resealing) {
        for (var row : database.createQuery("select k from InvocationKeyRow k", InvocationKeyRow.class)
                .getResultList()) {
            long version = writes.of(row.id.contract(), row(row.id.function()));
            row.sealed = resealing.again(column(row, version), row.sealed);
        }
        database.flush();
    }

    private static String row(String function) {
        return "invocation_key/" + function;
    }

    /** The entry of the log is in the identity, so that the database cannot put another event beside the key. */
    private static SealedColumn column(InvocationKeyRow row, long version) {
        return SealedColumn.of(
                "invocation_key", version, row.id.contract(), row.id.function(), Long.toString(row.leaf));
    }
}
