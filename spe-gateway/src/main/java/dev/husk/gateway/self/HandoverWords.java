package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;

/** What the two sides of a hand-over bind (docs/protocol.md, "Hand-over of the state key"). */
final class HandoverWords {
    static final byte[] INFO = "husk state key v1".getBytes(StandardCharsets.US_ASCII);

    private HandoverWords() {}

    /**
     * What the newcomer's evidence speaks for; also the associated data of the envelope.
     *
     * @param stateKey where the newcomer has its state key from, and whom it would hand it over to
     */
    static JsonObject request(String key, String nonce, String peerNonce, JsonObject stateKey) {
        var bound = new JsonObject();
        bound.addProperty("key", key);
        bound.addProperty("nonce", nonce);
        bound.addProperty("peerNonce", peerNonce);
        bound.addProperty("purpose", "husk handover request v1");
        bound.add("stateKey", stateKey);
        return bound;
    }

    /**
     * What the giver's evidence speaks for: the request, and this very envelope.
     *
     * @param stateKey what the giver says of itself, in place of the newcomer's
     */
    static JsonObject answer(JsonObject request, JsonObject stateKey, String enc, String ciphertext) {
        var bound = request.deepCopy();
        bound.addProperty("purpose", "husk handover answer v1");
        bound.add("stateKey", stateKey);
        bound.addProperty("enc", enc);
        bound.addProperty("ciphertext", ciphertext);
        return bound;
    }
}
