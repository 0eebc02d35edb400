package dev.husk.gateway.log;

import com.google.gson.JsonObject;
import dev.husk.gateway.keys.StateKey;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes events in the caller's transaction, so that an event and what it stands for commit together or not at all. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class Ledger {
    /** The chain of what belongs to no contract; no contract can have this name. */
    public static final String GATEWAY = "_gateway";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** An event as parties get it. */
    public record Entry(long index, Leaf leaf, Opening opening) {}

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private Clock clock;

    /** Makes later appends of this transaction, and all it reads from now on, safe from every other transaction. */
    public void lock() {
        database.find(LogHeadRow.class, LogHeadRow.ID, LockModeType.PESSIMISTIC_WRITE);
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
        row.sealed = stateKey.seal("chain/" + chain, key);
        database.persist(row);
        Arrays.fill(key, (byte) 0);
    }

    /** The key that tags the chain's leaves; its parties may know it. */
    public byte[] logKey(String chain) {
        return stateKey.open("chain/" + chain, chain(chain).sealed);
    }

    /** Appends {@code event}, adding the time. */
    public Appended append(String chain, JsonObject event) {
        var head = database.find(LogHeadRow.class, LogHeadRow.ID, LockModeType.PESSIMISTIC_WRITE);
        var row = chain(chain);
        var dated = event.deepCopy();
        dated.addProperty("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        var opening = new Opening(Base64Url.random(32), dated);
        var previous = row.nextSeq == 0 ? "" : Base64Url.encode(row.lastHash);
        var leaf = new Leaf(Opening.tag(logKey(chain), chain), row.nextSeq, previous, opening.commit());

        var entry = new LeafRow();
        entry.index = head.size;
        entry.chain = chain;
        entry.seq = row.nextSeq;
        entry.bytes = leaf.bytes();
        entry.sealed = stateKey.seal("leaf/" + head.size, encode(opening));
        database.persist(entry);
        row.nextSeq++;
        row.lastHash = leaf.hash();
        head.size++;
        return new Appended(entry.index, leaf, opening);
    }

    /** The event that stands at an index, as it was appended. */
    public Appended appended(long index) {
        var row = database.find(LeafRow.class, index);
        if (row == null) {
            throw new IllegalStateException("the log has no entry " + index);
        }
        return new Appended(index, leaf(row.bytes), decode(stateKey.open("leaf/" + index, row.sealed)));
    }

    /** The chain's events in order. */
    public List<Entry> entries(String chain) {
        return database.createQuery("select l from LeafRow l where l.chain = :chain order by l.seq", LeafRow.class)
                .setParameter("chain", chain)
                .getResultStream()
                .map(row ->
                        new Entry(row.index, leaf(row.bytes), decode(stateKey.open("leaf/" + row.index, row.sealed))))
                .toList();
    }

    /** The stored leaves of [start, end), fewer where the log ends earlier. */
    public List<byte[]> leaves(long start, long end) {
        return database.createQuery(
                        "select l from LeafRow l where l.index >= :start and l.index < :end order by l.index",
                        LeafRow.class)
                .setParameter("start", start)
                .setParameter("end", end)
                .getResultStream()
                .map(row -> row.bytes)
                .toList();
    }

    public long size() {
        return database.find(LogHeadRow.class, LogHeadRow.ID).size;
    }

    Optional<String> newestCheckpoint() {
        return database.createQuery("select c.note from CheckpointRow c order by c.size desc", String.class)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    void keep(long size, String note) {
        if (database.find(CheckpointRow.class, size) == null) {
            var row = new CheckpointRow();
            row.size = size;
            row.note = note;
            database.persist(row);
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
