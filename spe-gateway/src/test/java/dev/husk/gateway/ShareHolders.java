package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.Product;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Parties who hold shares of the state key of the gateway under test, and what they do with them. */
final class ShareHolders {
    private final Map<String, HpkeKeyPair> keys = new TreeMap<>();
    private final Map<String, byte[]> shares = new HashMap<>();
    private final Map<String, String> sets = new HashMap<>();
    private final int threshold;

    ShareHolders(int threshold, String... names) {
        this.threshold = threshold;
        for (var name : names) {
            keys.put(name, HpkeKeyPair.generate());
        }
    }

    private ShareHolders(int threshold, Map<String, HpkeKeyPair> keys) {
        this.threshold = threshold;
        this.keys.putAll(keys);
    }

    /** Some of these and others, with their own keys. */
    ShareHolders changed(int otherThreshold, List<String> without, String... with) {
        var others = new ShareHolders(otherThreshold, keys);
        others.keys.keySet().removeAll(without);
        for (var name : with) {
            others.keys.put(name, HpkeKeyPair.generate());
        }
        return others;
    }

    List<String> names() {
        return List.copyOf(keys.keySet());
    }

    /** As {@code HUSK_RECOVERY} has them. */
    JsonObject policy() {
        var holders = new JsonArray();
        keys.forEach((name, pair) -> {
            var holder = new JsonObject();
            holder.addProperty("name", name);
            holder.addProperty("key", "x25519:" + Base64Url.encode(pair.publicKey()));
            holders.add(holder);
        });
        var json = new JsonObject();
        json.addProperty("threshold", threshold);
        json.add("holders", holders);
        return json;
    }

    /** What evidence says of them. */
    JsonObject shown(String... unfetched) {
        var json = policy();
        var names = new JsonArray();
        List.of(unfetched).forEach(names::add);
        json.add("unfetched", names);
        return json;
    }

    /** Fetches and opens the share of each. */
    void fetchAll() throws Exception {
        for (var holder : keys.keySet()) {
            fetch(holder);
        }
    }

    void fetch(String holder) throws Exception {
        var answer = Http.get("v1/gateway/recovery/share", TestContract.bearer(holder));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var sealed = answer.json();
        var bound = new JsonObject();
        bound.addProperty("holder", holder);
        bound.add("set", sealed.get("set"));
        shares.put(
                holder,
                Hpke.open(
                        pair(holder),
                        bytes("husk recovery share v1"),
                        CanonicalJson.encode(bound),
                        new Sealed(
                                Base64Url.decode(sealed.get("enc").getAsString()),
                                Base64Url.decode(sealed.get("ciphertext").getAsString()))));
        sets.put(holder, sealed.get("set").getAsString());
    }

    private HpkeKeyPair pair(String holder) {
        return Objects.requireNonNull(keys.get(holder), holder);
    }

    byte[] share(String holder) {
        return Objects.requireNonNull(shares.get(holder), holder).clone();
    }

    /** Gives a gateway that has lost its key the share that was fetched last. */
    Http.Answer give(String holder) throws Exception {
        return give(holder, holder, share(holder));
    }

    /** @param holder whose name the envelope is bound to */
    Http.Answer give(String party, String holder, byte[] share) throws Exception {
        var bound = new JsonObject();
        bound.addProperty("holder", holder);
        var sealed = Hpke.seal(attestedKey(), bytes("husk recovery hand-in v1"), CanonicalJson.encode(bound), share);
        return post("v1/gateway/recovery/share", party, sealed.enc(), sealed.ciphertext());
    }

    /** The key of a gateway that has lost its state key, from evidence that speaks for it. */
    private byte[] attestedKey() throws Exception {
        var nonce = Base64Url.random(32);
        var answer = Http.post(
                        "v1/gateway/recovery/evidence", "application/json", "{\"nonce\":\"" + nonce + "\"}", Map.of())
                .json();
        var bound = new JsonObject();
        bound.add("key", answer.get("key"));
        bound.addProperty("nonce", nonce);
        bound.add("policy", answer.get("policy"));
        bound.addProperty("purpose", "husk recovery v1");
        bound.add("stateKey", answer.get("stateKey"));
        assertThat(answer.get("policy")).isEqualTo(policy());
        var report = AttestationReport.parse(
                KbsEvidence.parse(answer.getAsJsonObject("evidence")).report(), Product.GENOA);
        assertThat(report.reportData().toArray())
                .isEqualTo(MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(bound)));
        return Base64Url.decode(answer.get("key").getAsString());
    }

    /** Agrees to the holders of a policy, by the share that was fetched last. */
    Http.Answer accept(String holder, JsonElement policy) throws Exception {
        return accept(holder, holder, policy, Objects.requireNonNull(sets.get(holder)), share(holder));
    }

    /** @param holder whose name the envelope is bound to */
    Http.Answer accept(String party, String holder, JsonElement policy, String set, byte[] share) throws Exception {
        var bound = new JsonObject();
        bound.addProperty("holder", holder);
        bound.add("policy", policy);
        bound.addProperty("set", set);
        var key = evidence().getAsJsonObject("keys").get("hpke").getAsString();
        var sealed =
                Hpke.seal(Base64Url.decode(key), bytes("husk recovery holders v1"), CanonicalJson.encode(bound), share);
        return post("v1/gateway/recovery/holders", party, sealed.enc(), sealed.ciphertext());
    }

    String set(String holder) {
        return Objects.requireNonNull(sets.get(holder), holder);
    }

    static Http.Answer post(String path, String party, byte[] enc, byte[] ciphertext) throws Exception {
        var body = new JsonObject();
        body.addProperty("enc", Base64Url.encode(enc));
        body.addProperty("ciphertext", Base64Url.encode(ciphertext));
        return Http.post(path, "application/json", body.toString(), TestContract.bearer(party));
    }

    /** The gateway's evidence about itself. */
    static JsonObject evidence() throws Exception {
        return Http.post(
                        "v1/gateway/evidence",
                        "application/json",
                        "{\"nonce\":\"" + Base64Url.random(32) + "\"}",
                        Map.of())
                .json();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
