package dev.husk.gateway.keys;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Puts another state key in place of the one in use, and seals every value in the database anew, in one transaction.
 *
 * <p>A value that does not open stays as it is, and goes on not opening: who changed it before must not get it sealed
 * under the new key, nor stop the change.
 */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class Resealing {
    private static final System.Logger LOG = System.getLogger(Resealing.class.getName());
    private static final int PAGE = 500;

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    @Any
    private Instance<Resealable> all;

    /**
     * Seals everything under {@code fresh}. Needs the log's lock, and a gateway that serves nobody meanwhile; once the
     * transaction has committed, {@link StateKey#settle} must follow, and where it has not, the process must end.
     *
     * @throws IllegalStateException where the database has a sealed column that nobody seals anew
     */
    public void under(byte[] fresh) {
        requireAll();
        stateKey.change(fresh);
        all.forEach(rows -> rows.reseal(this));
        database.flush();
        database.clear();
    }

    /** The database itself says which columns there are: one that was forgotten would be lost. */
    private void requireAll() {
        var missing = new TreeSet<String>();
        List<?> columns = database.createNativeQuery(
                        "select table_name || '.' || column_name from information_schema.columns"
                                + " where column_name like 'sealed%' and table_schema = current_schema()")
                .getResultList();
        columns.forEach(column -> missing.add(String.valueOf(column)));
        all.forEach(rows -> missing.removeAll(rows.columns()));
        if (!missing.isEmpty()) {
            throw new IllegalStateException("nothing seals these columns anew: " + String.join(", ", missing));
        }
    }

    /** The value under the new key; the same where it does not open. */
    public byte[] again(SealedColumn column, byte[] sealed) {
        byte[] secret;
        try {
            secret = stateKey.open(column, sealed);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "left as it is: " + e.getMessage());
            return sealed;
        }
        try {
            return stateKey.seal(column, secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * Goes through rows in the order of their keys, a page at a time, so that a long table takes no more memory than a
     * short one.
     *
     * @param first before all keys
     * @param next the rows behind a key, in order, as many as the number says
     */
    public <K, R> void each(K first, PageOf<K, R> next, Function<R, K> key, Consumer<R> change) {
        var after = first;
        List<R> page;
        do {
            page = next.behind(after, PAGE);
            for (var row : page) {
                change.accept(row);
                after = key.apply(row);
            }
            database.flush();
            database.clear();
        } while (page.size() == PAGE);
    }

    /** Reads rows in the order of their keys. */
    @FunctionalInterface
    public interface PageOf<K, R> {
        List<R> behind(K key, int most);
    }
}
