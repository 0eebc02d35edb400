package dev.husk.gateway.log;

import com.google.gson.JsonObject;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.Resealable;
import dev.husk.gateway.keys.Resealing;
import dev.husk.gateway.keys.SealedColumn;
import dev.husk.gateway.keys.StateKey;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes events in the caller's transaction, so that an event and what it stands for commit together or not at all. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class Ledger implements Resealable {
    /** The chain of what belongs to no contract; no contract can have this name. */
    public static final String GATEWAY = "_gateway";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** An event as parties get it. */
    public record Entry(long index, Leaf leaf, Opening opening) {}

    /** An entry as the tree and what is read from it take it in. */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(long index, String chain, byte[] bytes, Opening opening) {
        LoggedEvent event() {
            return new LoggedEvent(index, chain, opening.event());
        }
    }

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private Clock clock;

    @Inject
    private GroupCommit commit;

    @Inject
    private Views views;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    private TransactionSynchronizationRegistry transactions;

    /**
     * Makes later appends of this transaction, and all it reads from now on, safe from every other transaction, and brings
     * all views to what has committed.
     *
     * @return the time of all events of this transaction
     */
    public Instant lock() {
        var transaction = transaction();
        if (!transaction.locked()) {
            head();
            transaction.lock();
            views.catchUp();
        }
        return transaction.time();
    }

    private LogHeadRow head() {
        var head = database.find(LogHeadRow.class, LogHeadRow.ID, LockModeType.PESSIMISTIC_WRITE);
        if (head.stateKey == null) {
            head.stateKey = stateKey.id();
        }
        requireOurs(head.stateKey);
        return head;
    }

    /** A gateway that did not see its state key being replaced must not write what nobody can read. */
    private void requireOurs(@Nullable String name) {
        if (name != null && !stateKey.isNamed(name)) {
            throw new IllegalStateException(
                    "the database is sealed under another state key than this gateway has: it is"
                            + " another database, or the key was replaced since");
        }
    }

    @Override
    public Set<String> columns() {
        return Set.of("chain.sealed", "leaf.sealed");
    }

    @Override
    public void reseal(Resealing resealing) {
        for (var row :
                database.createQuery("select c from ChainRow c", ChainRow.class).getResultList()) {
            row.sealed = resealing.again(column(row.name), row.sealed);
        }
        resealing.each(
                -1L,
                (after, most) -> database.createQuery(
                                "select l from LeafRow l where l.index > :after order by l.index", LeafRow.class)
                        .setParameter("after", after)
                        .setMaxResults(most)
                        .getResultList(),
                row -> row.index,
                row -> row.sealed = resealing.again(column(row), row.sealed));
        head().stateKey = stateKey.id();
        database.flush();
    }

    /** What belongs to the transaction that this call is in. */
    LogTransaction transaction() {
        if (transactions.getResource(LogTransaction.class) instanceof LogTransaction known) {
            return known;
        }
        var fresh = new LogTransaction(clock);
        transactions.putResource(LogTransaction.class, fresh);
        return fresh;
    }

    /** Index of the event that this transaction appends next. */
    long next() {
        lock();
        return head().size;
    }

    /** Starts a chain where there is none. */
    public void open(String chain) {
        if (database.find(ChainRow.class, chain) != null) {
            return;
        }
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        var row = new ChainRow();
        row.name = chain;
        row.sealed = stateKey.seal(column(chain), key);
        database.persist(row);
        Arrays.fill(key, (byte) 0);
    }

    /** The key that tags the chain's leaves; its parties may know it. */
    public byte[] logKey(String chain) {
        return stateKey.open(column(chain), chain(chain).sealed);
    }

    /** Appends {@code event}, adding the transaction's time. */
    public Appended append(String chain, JsonObject event) {
        var time = lock();
        var head = head();
        if (transaction().appended().isEmpty()) {
            views.requireAt(head.size);
        }
        var before = transaction().head(chain).orElseGet(() -> views.head(chain));
        var dated = event.deepCopy();
        dated.addProperty("time", time.toString());
        var opening = new Opening(Base64Url.random(32), dated);
        var leaf = new Leaf(Opening.tag(logKey(chain), chain), before.next(), before.last(), opening.commit());
        var after = before.after(leaf);

        var entry = new LeafRow();
        entry.index = head.size;
        entry.chain = chain;
        entry.seq = leaf.seq();
        entry.bytes = leaf.bytes();
        entry.sealed = stateKey.seal(column(entry), encode(opening));
        database.persist(entry);
        head.size++;
        transaction().append(new LoggedEvent(entry.index, chain, dated), after);
        var appended = new Appended(entry.index, leaf, opening);
        if (commit.awaits(appended)) {
            // The lock is then held for as long as the work takes, not for as long as the disk does.
            commitEarly(database);
        }
        return appended;
    }

    /** The event that stands at an index, as it was appended. */
    public Appended appended(long index) {
        var row = database.find(LeafRow.class, index);
        if (row == null) {
            throw new IllegalStateException("the log has no entry " + index);
        }
        return new Appended(index, leaf(row.bytes), opening(row));
    }

    /** The chain's events in order. */
    public List<Entry> entries(String chain) {
        return entries(chain, 0);
    }

    /** The chain's events in order, from an index of the log on. */
    public List<Entry> entries(String chain, long from) {
        return database.createQuery(
                        "select l from LeafRow l where l.chain = :chain and l.index >= :from order by l.seq",
                        LeafRow.class)
                .setParameter("chain", chain)
                .setParameter("from", from)
                .getResultStream()
                .map(row -> new Entry(row.index, leaf(row.bytes), opening(row)))
                .toList();
    }

    /** The stored leaves of [start, end), fewer where the log ends earlier. */
    public List<byte[]> leaves(long start, long end) {
        return stored(start, end).map(row -> row.bytes).toList();
    }

    /** The entries of [start, end), fewer where the log ends earlier. */
    List<Row> rows(long start, long end) {
        return stored(start, end)
                .map(row -> new Row(row.index, row.chain, row.bytes, opening(row)))
                .toList();
    }

    private Stream<LeafRow> stored(long start, long end) {
        return database.createQuery(
                        "select l from LeafRow l where l.index >= :start and l.index < :end order by l.index",
                        LeafRow.class)
                .setParameter("start", start)
                .setParameter("end", end)
                .getResultStream();
    }

    /** The opening, which must be the one that the leaf commits to. */
    private Opening opening(LeafRow row) {
        var opening = decode(stateKey.open(column(row), row.sealed));
        if (!opening.opens(leaf(row.bytes))) {
            throw new IllegalStateException("the database's leaf " + row.index + " is not the one of its event");
        }
        return opening;
    }

    private static SealedColumn column(LeafRow row) {
        return SealedColumn.of("leaf", row.index, row.chain, Long.toString(row.seq));
    }

    private static SealedColumn column(String chain) {
        return SealedColumn.of("chain", LastWrites.NEVER, chain);
    }

    /** How many entries there are, this transaction's own included. */
    public long size() {
        // Not the row itself: read before the lock, it would stay what it was.
        if (transaction().locked()) {
            return head().size;
        }
        var head = database.createQuery("select h.size, h.stateKey from LogHeadRow h", Object[].class)
                .getSingleResult();
        requireOurs((String) head[1]);
        return (long) head[0];
    }

    /** Lets the transaction commit before it is durable. */
    static void commitEarly(EntityManager database) {
        database.createNativeQuery("set local synchronous_commit to off")
                // What was written so far need not go to the database for it.
                .setFlushMode(FlushModeType.COMMIT)
                .executeUpdate();
    }

    /**
     * Makes durable, once this transaction has committed, all that committed before: it writes a record behind theirs,
     * and waits for the disk.
     */
    void flush() {
        database.createNativeQuery("""
                        do $$ begin
                          if current_setting('synchronous_commit') = 'off' then
                            perform set_config('synchronous_commit', 'on', true);
                          end if;
                          perform pg_logical_emit_message(true, 'husk', '');
                        end $$""").executeUpdate();
    }

    Optional<String> newestCheckpoint() {
        return database.createQuery("select c.note from CheckpointRow c order by c.size desc", String.class)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    /** Keeps a checkpoint over entries that are durable; lost in a crash, it is signed again over the same. */
    void keep(long size, String note) {
        commitEarly(database);
        // Another replica may sign the same head at the same time; if it signed another, there are two logs.
        database.createNativeQuery("insert into checkpoint (size, note) values (?1, ?2) on conflict do nothing")
                .setParameter(1, size)
                .setParameter(2, note)
                .executeUpdate();
        if (!database.find(CheckpointRow.class, size).note.equals(note)) {
            throw new IllegalStateException("another head of " + size + " entries was signed before");
        }
    }

    private ChainRow chain(String chain) {
        var row = database.find(ChainRow.class, chain);
        if (row == null) {
            throw new IllegalStateException("no chain " + chain);
        }
        return row;
    }

    private static byte[] encode(Opening opening) {
        var json = new JsonObject();
        json.addProperty("salt", opening.salt());
        json.add("event", opening.event());
        return CanonicalJson.encode(json);
    }

    private static Opening decode(byte[] bytes) {
        try {
            var json = Json.parse(bytes, 16 << 20).getAsJsonObject();
            return new Opening(json.get("salt").getAsString(), json.getAsJsonObject("event"));
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("a stored event is not JSON", e);
        }
    }

    private static Leaf leaf(byte[] bytes) {
        try {
            return Leaf.parse(bytes);
        } catch (MalformedLogException e) {
            throw new IllegalStateException("a stored leaf is damaged", e);
        }
    }
}
