package dev.husk.gateway.recovery;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.Secrets;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Collects shares on a gateway that has lost its state key, in memory alone, each sealed to a key that lives as long as
 * this collection. A share that is wrong, foreign or there already is refused by name.
 */
@ApplicationScoped
public class Reconstruction {
    private static final byte[] INFO = "husk recovery hand-in v1".getBytes(StandardCharsets.US_ASCII);

    @Inject
    private RecoveryShares shares;

    @Inject
    private Secrets secrets;

    private final Map<String, Share> given = new TreeMap<>();
    private final HpkeKeyPair keys = HpkeKeyPair.generate();

    /** What holders seal their shares to. */
    public byte[] publicKey() {
        return keys.publicKey();
    }

    public synchronized List<String> given() {
        return List.copyOf(given.keySet());
    }

    /**
     * Takes a share.
     *
     * @return the state key once there are enough shares, which is known to open this database; the caller wipes it
     * @throws RequestRefused naming what is wrong with the share
     */
    public synchronized Optional<byte[]> take(String holder, byte[] enc, byte[] ciphertext) {
        var policy = shares.policy().orElseThrow();
        if (policy.holder(holder).isEmpty()) {
            throw new RequestRefused(403, "NOT_A_HOLDER", holder + " holds no share of this gateway's state key");
        }
        var share = open(holder, enc, ciphertext);
        try {
            check(policy, holder, share);
        } catch (RequestRefused e) {
            share.close();
            throw e;
        }
        given.put(holder, share);
        return given.size() < policy.threshold() ? Optional.empty() : Optional.of(join());
    }

    private Share open(String holder, byte[] enc, byte[] ciphertext) {
        var bound = new JsonObject();
        bound.addProperty("holder", holder);
        try {
            return Share.parse(Hpke.open(keys, INFO, CanonicalJson.encode(bound), new Sealed(enc, ciphertext)))
                    .orElseThrow(() -> RequestRefused.malformed("what " + holder + " gave is no share"));
        } catch (EnvelopeException e) {
            throw new RequestRefused(
                    400, "SHARE_UNREADABLE", "the share of " + holder + " is not sealed to this gateway's own key");
        }
    }

    private void check(RecoveryPolicy policy, String holder, Share share) {
        var row = shares.find(holder)
                .orElseThrow(() -> new RequestRefused(
                        403, "SHARE_FOREIGN", "no share of " + holder + " was made for this database"));
        if (!row.set.equals(Base64Url.encode(share.set())) || share.threshold() != policy.threshold()) {
            throw new RequestRefused(
                    403, "SHARE_FOREIGN", "the share of " + holder + " belongs to another set than this database's");
        }
        if (share.number() != row.number || !MessageDigest.isEqual(row.digest, share.digest(holder))) {
            throw new RequestRefused(
                    403, "SHARE_WRONG", "what " + holder + " gave is not the share that was made for it");
        }
        if (given.containsKey(holder)) {
            throw new RequestRefused(409, "SHARE_DUPLICATE", "the share of " + holder + " is here already");
        }
    }

    private byte[] join() {
        var values = new HashMap<Integer, byte[]>();
        given.values().forEach(share -> values.put(share.number(), share.value()));
        byte[] key = Shamir.join(values);
        values.values().forEach(value -> Arrays.fill(value, (byte) 0));
        if (!secrets.openWith(key)) {
            Arrays.fill(key, (byte) 0);
            var names = String.join(", ", given.keySet());
            forget();
            throw new RequestRefused(
                    403,
                    "SHARE_WRONG",
                    "the shares of " + names + " do not give this database's state key: start over");
        }
        return key;
    }

    /** Wipes what was given. */
    @PreDestroy
    public synchronized void forget() {
        given.values().forEach(Share::close);
        given.clear();
    }

    @Override
    public String toString() {
        return "Reconstruction";
    }
}
