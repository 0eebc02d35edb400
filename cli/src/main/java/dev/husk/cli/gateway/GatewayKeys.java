package dev.husk.cli.gateway;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
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
        return new GatewayKeys(VerifierKey.parse(text(json, "log")), text(json, "hpke"));
    }

    private static String text(JsonObject json, String name) {
        if (json.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new IllegalArgumentException("the key '" + name + "' must be a text");
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
