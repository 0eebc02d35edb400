package dev.husk.cli.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.VerifierKey;

/**
 * The gateway's public keys that a party relies on.
 *
 * @param log signs checkpoints
 * @param hpke X25519, base64url; data keys are sealed to it
 */
public record GatewayKeys(VerifierKey log, String hpke) {
    public GatewayKeys {
        if (Base64Url.decode(hpke).length != 32) {
            throw new IllegalArgumentException("an HPKE key has 32 bytes");
        }
    }

    /** Reads the members {@code log} and {@code hpke}; more may stand beside them. */
    public static GatewayKeys parse(JsonObject json) {
        try {
            return new GatewayKeys(
                    VerifierKey.parse(json.get("log").getAsString()),
                    json.get("hpke").getAsString());
        } catch (NullPointerException | UnsupportedOperationException | IllegalStateException e) {
            throw new IllegalArgumentException("the keys 'log' and 'hpke' must be texts", e);
        }
    }

    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty("log", log.text());
        json.addProperty("hpke", hpke);
        return json;
    }

    /** 32 bytes. */
    public byte[] hpkeKey() {
        return Base64Url.decode(hpke);
    }
}
