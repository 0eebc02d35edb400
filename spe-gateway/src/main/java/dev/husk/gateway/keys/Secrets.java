package dev.husk.gateway.keys;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.function.Supplier;

/** Keeps the gateway's own secrets in the database, sealed. */
@ApplicationScoped
public class Secrets {
    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    /**
     * The secret of this name; made and stored where there is none. The caller wipes it.
     *
     * @param fresh makes one
     */
    @Transactional
    public byte[] obtain(String name, Supplier<byte[]> fresh) {
        // Two replicas that start together must not make two.
        database.createNativeQuery("select 1 from log_head for update").getSingleResult();
        var row = database.find(SecretRow.class, name);
        if (row != null) {
            return stateKey.open("secret/" + name, row.sealed);
        }
        byte[] secret = fresh.get();
        row = new SecretRow();
        row.name = name;
        row.sealed = stateKey.seal("secret/" + name, secret);
        database.persist(row);
        return secret;
    }
}
