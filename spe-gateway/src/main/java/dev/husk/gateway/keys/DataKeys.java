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

/** The data keys that parties deposited and the keys of results, sealed at rest. Every call needs a transaction. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class DataKeys {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What is known of an object besides its key. */
    public record Object(Optional<String> sha256, Optional<Long> size) {}

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    /** Stores a dataset's key and digest; a later deposit replaces both. */
    public void deposit(String contract, String dataset, byte[] key, String sha256, long size) {
        var row = find(contract, dataset).orElseGet(() -> fresh(contract, dataset));
        row.sha256 = sha256;
        row.size = size;
        row.sealed = stateKey.seal(identity(row), key);
        database.merge(row);
    }

    /** The object's key; the caller wipes it. Empty where nothing was deposited or written yet. */
    public Optional<byte[]> key(String contract, String object) {
        return find(contract, object).map(row -> stateKey.open(identity(row), row.sealed));
    }

    /** The key of a result, made on first use; the caller wipes it. */
    public byte[] resultKey(String contract, String result) {
        var row = find(contract, result);
        if (row.isPresent()) {
            return stateKey.open(identity(row.get()), row.get().sealed);
        }
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        var next = fresh(contract, result);
        next.sealed = stateKey.seal(identity(next), key);
        database.persist(next);
        return key;
    }

    /** Notes which sealed object stands for a result, as the sandbox that wrote it stated. */
    public void written(String contract, String result, String sha256) {
        find(contract, result).ifPresent(row -> {
            byte[] key = stateKey.open(identity(row), row.sealed);
            row.sha256 = sha256;
            row.sealed = stateKey.seal(identity(row), key);
            Arrays.fill(key, (byte) 0);
        });
    }

    public Optional<Object> object(String contract, String object) {
        return find(contract, object)
                .map(row -> new Object(Optional.ofNullable(row.sha256), Optional.ofNullable(row.size)));
    }

    private Optional<DataKeyRow> find(String contract, String object) {
        return Optional.ofNullable(database.find(DataKeyRow.class, new DataKeyRow.Id(contract, object)));
    }

    private static DataKeyRow fresh(String contract, String object) {
        var row = new DataKeyRow();
        row.id = new DataKeyRow.Id(contract, object);
        return row;
    }

    /** Digest and size are in the identity, so that the database cannot exchange them under the key. */
    private static String identity(DataKeyRow row) {
        return "data_key/" + row.id.contract() + "/" + row.id.object() + "/" + row.sha256 + "/" + row.size;
    }
}
