package dev.husk.gateway.contract;

import dev.husk.protocol.contract.Contract;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Collection;

/** The texts of contracts, which the database keeps and cannot change: each is read by its digest. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class ContractTexts {
    private final ParsedContracts parsed = new ParsedContracts();

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    /** @throws IllegalStateException if the database has lost or changed it */
    Contract of(Version version) {
        var row = database.find(ContractRow.class, version.id());
        if (row == null) {
            throw new IllegalStateException("the database's contract " + version.id() + " was taken away");
        }
        return parsed.get(row.id, row.canonical);
    }

    /** Reads many at once, for whoever asks for each of them next. */
    void load(Collection<Version> versions) {
        if (!versions.isEmpty()) {
            database.createQuery("select c from ContractRow c where c.id in :ids", ContractRow.class)
                    .setParameter("ids", versions.stream().map(Version::id).toList())
                    .getResultList();
        }
    }

    void keep(Contract contract) {
        var row = new ContractRow();
        row.id = contract.id();
        row.canonical = contract.canonical();
        // What nobody proposed may lie there, put by whoever runs the database.
        database.merge(row);
    }
}
