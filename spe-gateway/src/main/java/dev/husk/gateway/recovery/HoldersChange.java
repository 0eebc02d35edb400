package dev.husk.gateway.recovery;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.Sealed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Other holders than those whom shares were made for. As many of the present holders as could recover the gateway must
 * agree, each by showing its share, and to these very holders. The log has who agreed to what.
 */
@ApplicationScoped
@Transactional
public class HoldersChange {
    private static final byte[] INFO = "husk recovery holders v1".getBytes(StandardCharsets.US_ASCII);

    @Inject
    private RecoveryShares shares;

    @Inject
    private GatewayKeys keys;

    @Inject
    private LastWrites writes;

    @Inject
    private Ledger ledger;

    /**
     * Notes that a holder agrees to the holders whom the configuration names.
     *
     * @param enc of an envelope to the gateway's own key with the holder's share, bound to the holders agreed to
     * @throws RequestRefused naming what is wrong with it
     */
    public JsonObject accept(String holder, byte[] enc, byte[] ciphertext) {
        ledger.lock();
        var made = shares.made();
        var wanted = shares.policy();
        if (made.isEmpty() || wanted.isEmpty() || wanted.equals(made.map(RecoveryShares.Made::policy))) {
            throw RequestRefused.conflict("HUSK_RECOVERY names no other holders than those who have shares");
        }
        if (made.get().policy().holder(holder).isEmpty()) {
            throw new RequestRefused(403, "NOT_A_HOLDER", holder + " holds no share of this gateway's state key");
        }
        check(made.get(), wanted.get(), holder, enc, ciphertext);
        if (!accepted().contains(holder)) {
            var event = new JsonObject();
            event.addProperty("event", "recovery-holders-accepted");
            event.addProperty("holder", holder);
            event.addProperty("set", made.get().set());
            event.add("policy", wanted.get().json());
            ledger.append(Ledger.GATEWAY, event);
        }
        var accepted = new JsonArray();
        accepted().forEach(accepted::add);
        var answer = new JsonObject();
        answer.addProperty("state", agreed() ? "agreed" : "waiting");
        answer.addProperty("threshold", made.get().policy().threshold());
        answer.add("accepted", accepted);
        return answer;
    }

    private void check(RecoveryShares.Made made, RecoveryPolicy wanted, String holder, byte[] enc, byte[] ciphertext) {
        var bound = new JsonObject();
        bound.addProperty("holder", holder);
        bound.add("policy", wanted.json());
        bound.addProperty("set", made.set());
        byte[] opened;
        try {
            opened = Hpke.open(keys.deposits(), INFO, CanonicalJson.encode(bound), new Sealed(enc, ciphertext));
        } catch (EnvelopeException e) {
            throw new RequestRefused(
                    400,
                    "SHARE_UNREADABLE",
                    "what " + holder + " gave is not sealed to this gateway's key, or agrees to other holders");
        }
        var digest = made.digests().get(holder);
        try (var share = Share.parse(opened)
                .orElseThrow(() -> RequestRefused.malformed("what " + holder + " gave is no share"))) {
            if (digest == null
                    || !MessageDigest.isEqual(Base64Url.decode(digest.getAsString()), share.digest(holder))) {
                throw new RequestRefused(
                        403, "SHARE_WRONG", "what " + holder + " gave is not the share that was made for it");
            }
        }
    }

    /** Who agreed to the holders whom the configuration names, with a share of those there are. */
    public List<String> accepted() {
        var made = shares.made();
        var wanted = shares.policy();
        var names = new ArrayList<String>();
        if (made.isEmpty() || wanted.isEmpty()) {
            return names;
        }
        for (var holder : made.get().policy().holders()) {
            long index = writes.of(Ledger.GATEWAY, "recovery/" + holder.name());
            if (index == LastWrites.NEVER) {
                continue;
            }
            var event = ledger.appended(index).opening().event();
            if (event.get("set").getAsString().equals(made.get().set())
                    && RecoveryPolicy.parse(event.get("policy")).equals(wanted.get())) {
                names.add(holder.name());
            }
        }
        return names;
    }

    /** Whether as many agreed as there must be: then the state key is changed at the next start. */
    public boolean agreed() {
        var made = shares.made();
        return made.isPresent()
                && !shares.policy().equals(made.map(RecoveryShares.Made::policy))
                && accepted().size() >= made.get().policy().threshold();
    }
}
