package dev.husk.gateway.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.keys.Resealable;
import dev.husk.gateway.keys.Resealing;
import dev.husk.gateway.keys.SealedColumn;
import dev.husk.gateway.keys.StateKey;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.log.Details;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Keeps, beside the events, what of them only some parties may read. In the caller's transaction. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class EventDetails implements Resealable {
    private static final int MAX_BYTES = 16 << 20;

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private StateKey stateKey;

    @Inject
    private Ledger ledger;

    /** Appends {@code event} with the digest of details that only {@code readers} will get. */
    public Appended append(String chain, JsonObject event, Details details, Set<String> readers) {
        var whole = event.deepCopy();
        whole.addProperty(Details.MEMBER, details.digest());
        var appended = ledger.append(chain, whole);
        var json = new JsonObject();
        json.addProperty("salt", details.salt());
        json.add("values", details.values());
        var names = new JsonArray();
        new TreeSet<>(readers).forEach(names::add);
        json.add("readers", names);
        var row = new EventDetailRow();
        row.index = appended.index();
        row.sealed = stateKey.seal(identity(row), CanonicalJson.encode(json));
        // The entry that the row refers to must be there first.
        database.flush();
        database.persist(row);
        return appended;
    }

    /** The details of an event for one of its readers. */
    public Optional<Details> of(long index, String reader) {
        var row = database.find(EventDetailRow.class, index);
        if (row == null) {
            return Optional.empty();
        }
        try {
            var json = Json.parse(stateKey.open(identity(row), row.sealed), MAX_BYTES)
                    .getAsJsonObject();
            return json.getAsJsonArray("readers").contains(new JsonPrimitive(reader))
                    ? Optional.of(new Details(json.get("salt").getAsString(), json.getAsJsonObject("values")))
                    : Optional.empty();
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("stored details are not JSON", e);
        }
    }

    @Override
    public Set<String> columns() {
        return Set.of("event_detail.sealed");
    }

    @Override
    public void reseal(Resealing resealing) {
        resealing.each(
                -1L,
                (after, most) -> database.createQuery(
                                "select d from EventDetailRow d where d.index > :after order by d.index",
                                EventDetailRow.class)
                        .setParameter("after", after)
                        .setMaxResults(most)
                        .getResultList(),
                row -> row.index,
                row -> row.sealed = resealing.again(identity(row), row.sealed));
    }

    /** An event is written once, and so are its details. */
    private static SealedColumn identity(EventDetailRow row) {
        return SealedColumn.of("event_detail", row.index, Long.toString(row.index));
    }
}
