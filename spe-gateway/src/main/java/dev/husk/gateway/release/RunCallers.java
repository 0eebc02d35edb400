package dev.husk.gateway.release;

import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.Resealable;
import dev.husk.gateway.keys.Resealing;
import dev.husk.gateway.keys.SealedColumn;
import dev.husk.gateway.keys.StateKey;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** Remembers, in the caller's transaction, whose request a run answers. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class RunCallers implements Resealable {
    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    /** A later run of the same name counts. */
    void remember(String sandbox, String activation, String caller) {
        var row = new RunCallerRow();
        row.id = new RunCallerRow.Id(sandbox, activation);
        row.sealed = stateKey.seal(column(row), caller.getBytes(StandardCharsets.UTF_8));
        database.merge(row);
    }

    Optional<String> of(String sandbox, String activation) {
        return Optional.ofNullable(database.find(RunCallerRow.class, new RunCallerRow.Id(sandbox, activation)))
                .map(row -> new String(stateKey.open(column(row), row.sealed), StandardCharsets.UTF_8));
    }

    @Override
    public Set<String> columns() {
        return Set.of("run_caller.sealed");
    }

    @Override
    public void reseal(Resealing resealing) {
        resealing.each(
                new RunCallerRow.Id("", ""),
                (after, most) -> database.createQuery(
                                "select r from RunCallerRow r where r.id.sandbox > :sandbox or r.id.sandbox = :sandbox"
                                        + " and r.id.activation > :activation order by r.id.sandbox, r.id.activation",
                                RunCallerRow.class)
                        .setParameter("sandbox", after.sandbox())
                        .setParameter("activation", after.activation())
                        .setMaxResults(most)
                        .getResultList(),
                row -> row.id,
                row -> row.sealed = resealing.again(column(row), row.sealed));
    }

    /** No event writes it alone; put back, it names who called before by the same name. */
    private static SealedColumn column(RunCallerRow row) {
        return SealedColumn.of("run_caller", LastWrites.NEVER, row.id.sandbox(), row.id.activation());
    }
}
