package dev.husk.gateway.release;

import dev.husk.gateway.RequestRefused;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Counts runs and remembers nonces, in the caller's transaction, which must hold the ledger's lock. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class Budgets {
    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    Usage usage(String contract, String function, Instant now) {
        var runs = database.createQuery(
                        "select sum(r.runs) from RunCountRow r where r.id.contract = :contract and r.id.function = :function",
                        Long.class)
                .setParameter("contract", contract)
                .setParameter("function", function)
                .getSingleResult();
        var today = database.find(RunCountRow.class, new RunCountRow.Id(contract, function, day(now)));
        return new Usage(runs == null ? 0 : runs, today == null ? 0 : today.runs);
    }

    void consume(String contract, String function, Instant now) {
        var id = new RunCountRow.Id(contract, function, day(now));
        var row = database.find(RunCountRow.class, id);
        if (row == null) {
            row = new RunCountRow();
            row.id = id;
            database.persist(row);
        }
        row.runs++;
    }

    /** @throws RequestRefused if the nonce was used before */
    void spend(String scope, String nonce) {
        if (!fresh(scope, nonce)) {
            throw new RequestRefused(403, "REPLAYED", "this signed request was used before");
        }
    }

    /** Whether the nonce was never used in this scope before; from now on it was. */
    boolean fresh(String scope, String nonce) {
        if (!nonce.matches("[\\w-]{16,64}")) {
            throw RequestRefused.malformed("a nonce has 16 to 64 characters of base64url");
        }
        var value = scope + "/" + nonce;
        if (database.find(NonceRow.class, value) != null) {
            return false;
        }
        var row = new NonceRow();
        row.value = value;
        database.persist(row);
        return true;
    }

    private static String day(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC).toString();
    }
}
