package dev.husk.gateway.keys;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The data keys that parties deposited and the keys of results, sealed at rest, each value under the index of the event
 * that wrote it. Every call needs a transaction; whoever changes a value appends the event that says so next.
 */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class DataKeys implements Resealable {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What is known of an object besides its key. */
    public record Object(Optional<String> sha256, Optional<Long> size) {}

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private LastWrites writes;

    /** Stores a dataset's key and digest; a later deposit replaces both. The next event is the deposit's. */
    public void deposit(String contract, String dataset, byte[] key, String sha256, long size) {
        var row = find(contract, dataset).orElseGet(() -> fresh(contract, dataset));
        row.sha256 = sha256;
        row.size = size;
        row.sealed = stateKey.seal(column(row, writes.next()), key);
        database.merge(row);
    }

    /**
     * The object's key; the caller wipes it. Empty where nothing was deposited or written yet.
     *
     * @throws IllegalStateException if the row was changed, moved, put back or taken away
     */
    public Optional<byte[]> key(String contract, String object) {
        long version = writes.of(contract, row(object));
        var row = find(contract, object);
        if (row.isEmpty() && version != LastWrites.NEVER) {
            throw new IllegalStateException("the database's data_key/" + contract + "/" + object + " was taken away");
        }
        return row.map(found -> stateKey.open(column(found, version), found.sealed));
    }

    /** The key of a result, made on first use; the caller wipes it. */
    public byte[] resultKey(String contract, String result) {
        var known = key(contract, result);
        if (known.isPresent()) {
            return known.get();
        }
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        var next = fresh(contract, result);
        next.sealed = stateKey.seal(column(next, LastWrites.NEVER), key);
        database.persist(next);
        return key;
    }

    /** Notes which sealed object stands for a result, as the sandbox that wrote it stated; the next event is its run. */
    public void written(String contract, String result, String sha256) {
        byte[] key = resultKey(contract, result);
        var row = find(contract, result).orElseThrow();
        row.sha256 = sha256;
        row.sealed = stateKey.seal(column(row, writes.next()), key);
        Arrays.fill(key, (byte) 0);
    }

    public Optional<Object> object(String contract, String object) {
        return find(contract, object)
                .map(row -> new Object(Optional.ofNullable(row.sha256), Optional.ofNullable(row.size)));
    }

    /** Digest of the sealed object. Only {@link #key} tells whether it is the one that the log knows of. */
    public Optional<String> digest(String contract, String object) {
        return object(contract, object).flatMap(Object::sha256);
    }

    private Optional<DataKeyRow> find(String contract, String object) {
        return Optional.ofNullable(database.find(DataKeyRow.class, new DataKeyRow.Id(contract, object)));
    }

    private static DataKeyRow fresh(String contract, String object) {
        var row = new DataKeyRow();
        row.id = new DataKeyRow.Id(contract, object);
        return row;
    }

    @Override
    public Set<String> columns() {
        return Set.of("data_key.sealed");
    }

    @Override
    public void reseal(Resealing resealing) {
        for (var row : database.createQuery("select k from DataKeyRow k", DataKeyRow.class)
                .getResultList()) {
            long version = writes.of(row.id.contract(), row(row.id.object()));
            row.sealed = resealing.again(column(row, version), row.sealed);
        }
        database.flush();
    }

    /** How the log names an object's row. */
    public static String row(String object) {
        return "data_key/" + object;
    }

    /** Digest and size are in the identity, so that the database cannot exchange them under the key. */
    private static SealedColumn column(DataKeyRow row, long version) {
        return SealedColumn.of(
                "data_key",
                version,
                row.id.contract(),
                row.id.object(),
                String.valueOf(row.sha256),
                String.valueOf(row.size));
    }
}
