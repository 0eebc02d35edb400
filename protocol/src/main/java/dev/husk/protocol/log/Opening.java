package dev.husk.protocol.log;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a leaf commits to: an event and the salt that hides it. Parties get openings; the tree holds commitments.
 *
 * @param salt 32 random bytes, base64url
 */
public record Opening(String salt, JsonObject event) {
    private static final byte[] COMMIT = "husk event v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TAG = "husk tag v1\0".getBytes(StandardCharsets.US_ASCII);

    public Opening {
        if (Base64Url.decode(salt).length != 32) {
            throw new IllegalArgumentException("a salt has 32 bytes");
        }
        event = event.deepCopy();
    }

    @Override
    public JsonObject event() {
        return event.deepCopy();
    }

    /** SHA-256 over a label, the salt and the canonical event, base64url: a leaf's {@code commit}. */
    public String commit() {
        var digest = Digests.sha256();
        digest.update(COMMIT);
        digest.update(Base64Url.decode(salt));
        return Base64Url.encode(digest.digest(CanonicalJson.encode(event)));
    }

    /** Whether {@code leaf} commits to this event. */
    public boolean opens(Leaf leaf) {
        return commit().equals(leaf.commit());
    }

    /** A contract's tag: HMAC-SHA-256 of its name under the contract's log key, base64url. */
    public static String tag(byte[] logKey, String contract) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(logKey, "HmacSHA256"));
            mac.update(TAG);
            return Base64Url.encode(mac.doFinal(contract.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
