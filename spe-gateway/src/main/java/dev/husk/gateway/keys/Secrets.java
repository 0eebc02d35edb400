package dev.husk.gateway.keys;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;

/** Keeps the gateway's own secrets in the database, sealed. */
@ApplicationScoped
public class Secrets implements Resealable {
    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private LastWrites writes;

    /** Whether a gateway has kept secrets in this database before. */
    @Transactional
    public boolean any() {
        return database.createQuery("select count(s) from SecretRow s", Long.class)
                        .getSingleResult()
                > 0;
    }

    /** Whether this is the state key that the database's secrets are sealed under. */
    @Transactional
    public boolean openWith(byte[] stateKey) {
        var row = database.find(SecretRow.class, "log");
        if (row == null) {
            return false;
        }
        var candidate = new StateKey();
        try {
            candidate.install(stateKey);
            // The key that signs the log is never replaced, so no event has to be read to open it.
            Arrays.fill(candidate.open(column("log", LastWrites.NEVER), row.sealed), (byte) 0);
            return true;
        } catch (IllegalStateException e) {
            return false; // it does not open
        } finally {
            candidate.forget();
        }
    }

    /**
     * The secret of this name; made and stored where there is none. The caller wipes it.
     *
     * @param fresh makes one
     * @throws IllegalStateException if it does not open, or should be there and is not
     */
    @Transactional
    byte[] obtain(String name, Supplier<byte[]> fresh) {
        // Two replicas that start together must not make two.
        writes.next();
        long version = writes.of(GatewayKeys.CHAIN, row(name));
        var row = database.find(SecretRow.class, name);
        if (row != null) {
            return stateKey.open(column(name, version), row.sealed);
        }
        if (version != LastWrites.NEVER) {
            throw new IllegalStateException("the database's secret " + name + " was taken away");
        }
        byte[] secret = fresh.get();
        row = new SecretRow();
        row.name = name;
        row.sealed = stateKey.seal(column(name, version), secret);
        database.persist(row);
        return secret;
    }

    /** Puts another secret in place; the caller appends the event that says so next, in the same transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    void replace(String name, byte[] secret) {
        var row = new SecretRow();
        row.name = name;
        row.sealed = stateKey.seal(column(name, writes.next()), secret);
        database.merge(row);
    }

    @Override
    public Set<String> columns() {
        return Set.of("secret.sealed");
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public void reseal(Resealing resealing) {
        for (var row : database.createQuery("select s from SecretRow s", SecretRow.class)
                .getResultList()) {
            long version = writes.of(GatewayKeys.CHAIN, row(row.name));
            row.sealed = resealing.again(column(row.name, version), row.sealed);
        }
        database.flush();
    }

    /** How the log names a secret. */
    public static String row(String name) {
        return "secret/" + name;
    }

    private static SealedColumn column(String name, long version) {
        return SealedColumn.of("secret", version, name);
    }
}
