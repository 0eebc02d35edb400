package dev.husk.gateway.recovery;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.StateKey;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes the shares of the state key, once for each state key and set of holders, and gives each holder its own. */
@ApplicationScoped
@Transactional
public class RecoveryShares {
    private static final System.Logger LOG = System.getLogger(RecoveryShares.class.getName());
    private static final byte[] INFO = "husk recovery share v1".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * The shares that there are.
     *
     * @param digests of the shares in the clear, by holder, as the log has them: the database could be made to lie
     */
    record Made(String set, RecoveryPolicy policy, JsonObject digests) {}

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private Configuration configuration;

    @Inject
    private StateKey stateKey;

    @Inject
    private LastWrites writes;

    @Inject
    private Ledger ledger;

    /** Who the configuration says may recover this gateway; empty where nobody may. */
    public Optional<RecoveryPolicy> policy() {
        return configuration.recovery().map(RecoveryPolicy::read);
    }

    /** The shares that were made last, by the log. */
    Optional<Made> made() {
        long version = writes.of(Ledger.GATEWAY, "recovery");
        if (version == LastWrites.NEVER) {
            return Optional.empty();
        }
        var event = ledger.appended(version).opening().event();
        return Optional.of(new Made(
                event.get("set").getAsString(),
                RecoveryPolicy.parse(event.get("policy")),
                event.getAsJsonObject("digests")));
    }

    /**
     * Makes the shares if there are none. Where some were made for others than the configuration names, nothing is made:
     * an operator must not be able to add itself ({@link HoldersChange}).
     */
    public void makeFirst() {
        ledger.lock();
        var wanted = policy();
        var made = made();
        if (made.isEmpty()) {
            wanted.ifPresent(this::make);
        } else if (!wanted.equals(made.map(Made::policy))) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "HUSK_RECOVERY names other holders than those whom shares were made for, which are "
                            + made.get().policy().json() + ": "
                            + made.get().policy().threshold()
                            + " of them must agree (husk gateway recovery-shares --accept-holders)");
        }
    }

    /**
     * Makes shares of a state key that was just changed, for those whom the configuration names. The former shares are
     * gone. In the caller's transaction.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void renew() {
        policy().ifPresent(this::make);
    }

    private void make(RecoveryPolicy policy) {
        byte[] set = new byte[Share.SET];
        RANDOM.nextBytes(set);
        byte[] key = stateKey.copy();
        byte[][] shares = Shamir.split(key, policy.threshold(), policy.holders().size());
        Arrays.fill(key, (byte) 0);
        database.flush();
        database.createQuery("delete from ShareRow s").executeUpdate();
        // Rows of the same holders are made next, which must not be taken for those.
        database.clear();
        var digests = new JsonObject();
        for (int i = 0; i < shares.length; i++) {
            try (var share = Share.of(set, policy.threshold(), i + 1, shares[i])) {
                var row = row(policy.holders().get(i), share);
                digests.addProperty(row.holder, Base64Url.encode(row.digest));
                database.persist(row);
            } finally {
                Arrays.fill(shares[i], (byte) 0);
            }
        }
        var event = new JsonObject();
        event.addProperty("event", "recovery-shares-made");
        event.addProperty("set", Base64Url.encode(set));
        event.add("policy", policy.json());
        event.add("digests", digests);
        ledger.append(Ledger.GATEWAY, event);
    }

    private static ShareRow row(RecoveryPolicy.Holder holder, Share share) {
        var row = new ShareRow();
        row.holder = holder.name();
        row.set = Base64Url.encode(share.set());
        row.threshold = share.threshold();
        row.number = share.number();
        row.digest = share.digest(holder.name());
        byte[] encoded = share.encoded();
        try {
            var sealed = Hpke.seal(holder.publicKey(), INFO, associatedData(holder.name(), row.set), encoded);
            row.enc = sealed.enc();
            row.ciphertext = sealed.ciphertext();
            return row;
        } catch (EnvelopeException e) {
            throw new IllegalStateException("the recovery key of " + holder.name() + " cannot be used", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static byte[] associatedData(String holder, String set) {
        var json = new JsonObject();
        json.addProperty("holder", holder);
        json.addProperty("set", set);
        return CanonicalJson.encode(json);
    }

    /** The holder's share, which counts as fetched from now on; {@link RequestRefused} with 404 for who holds none. */
    public JsonObject of(String holder) {
        var row = find(holder)
                .orElseThrow(() -> RequestRefused.notFound(holder + " holds no share of this gateway's state key"));
        row.fetched = true;
        var json = new JsonObject();
        json.addProperty("holder", holder);
        json.addProperty("set", row.set);
        json.addProperty("threshold", row.threshold);
        json.addProperty("number", row.number);
        json.addProperty("enc", Base64Url.encode(row.enc));
        json.addProperty("ciphertext", Base64Url.encode(row.ciphertext));
        return json;
    }

    /** Holders that have not fetched their share yet: as long as too many have not, nobody can recover the gateway. */
    public List<String> unfetched() {
        return database.createQuery(
                        "select s.holder from ShareRow s where not s.fetched order by s.holder", String.class)
                .getResultList();
    }

    /**
     * What evidence says: JSON null where there are no shares, or whose they are, who has not fetched its own ({@code
     * unfetched}), and whom the configuration names where it names others ({@code change}).
     */
    public JsonElement json() {
        var made = made();
        if (made.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        var json = made.get().policy().json();
        var unfetched = new JsonArray();
        unfetched().forEach(unfetched::add);
        json.add("unfetched", unfetched);
        var wanted = policy();
        if (!wanted.equals(made.map(Made::policy))) {
            json.add("change", wanted.<JsonElement>map(RecoveryPolicy::json).orElse(JsonNull.INSTANCE));
        }
        return json;
    }

    Optional<ShareRow> find(String holder) {
        return Optional.ofNullable(database.find(ShareRow.class, holder));
    }
}
