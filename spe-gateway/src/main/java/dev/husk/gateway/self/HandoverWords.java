package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;

/** What the two sides of a hand-over bind (docs/protocol.md, "Hand-over of the state key"). */
final class HandoverWords {
    static final byte[] INFO = "husk state key v1".getBytes(StandardCharsets.US_ASCII);

    private HandoverWords() {}

    /** What the newcomer's evidence speaks for; also the associated data of the envelope. */
    static JsonObject request(String key, String nonce, String peerNonce) {
        var bound = new JsonObject();
        bound.addProperty("key", key);
        bound.addProperty("nonce", nonce);
        bound.addProperty("peerNonce", peerNonce);
        bound.addProperty("purpose", "husk handover request v1");
        return bound;
    }

    /** What the giver's evidence speaks for: the request, and this very envelope. */
    static JsonObject answer(JsonObject request, String enc, String ciphertext) {
        var bound = request.deepCopy();
        bound.addProperty("purpose", "husk handover answer v1");
        bound.addProperty("enc", enc);
        bound.addProperty("ciphertext", ciphertext);
        return bound;
    }
}
