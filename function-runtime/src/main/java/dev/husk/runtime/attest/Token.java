package dev.husk.runtime.attest;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.time.Instant;

/**
 * The attestation token: a bearer text for the gateway, whose claims tell the sandbox who it is. Its signature is the
 * gateway's own business and is not checked here; nothing that protects data hangs on these claims.
 */
record Token(
        String text, Instant expires, String sandbox, String code, String entry, boolean plain, boolean simulated) {
    private static final int MAX_BYTES = 64 << 10;

    static Token parse(String text) throws GatewayException {
        try {
            var claims = Json.parse(Base64Url.decode(text.split("\\.", -1)[1]), MAX_BYTES)
                    .getAsJsonObject();
            JsonObject husk = claims.getAsJsonObject("husk");
            return new Token(
                    text,
                    Instant.ofEpochSecond(claims.get("exp").getAsLong()),
                    husk.get("sandbox").getAsString(),
                    husk.get("code").getAsString(),
                    husk.get("entry").getAsString(),
                    husk.get("plain").getAsBoolean(),
                    husk.get("simulated").getAsBoolean());
        } catch (MalformedJsonException
                | RuntimeException e) { // how the JSON tree tells of a member that is missing or of another type
            throw new GatewayException("the gateway's token cannot be read", e);
        }
    }

    @Override
    public String toString() {
        return "Token[" + sandbox + "]";
    }
}
