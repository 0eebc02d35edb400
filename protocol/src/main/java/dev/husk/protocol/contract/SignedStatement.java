package dev.husk.protocol.contract;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;

/**
 * What a party says and signs: a compact JWS (RFC 7515) over canonical JSON, typed {@code husk+jws}.
 *
 * <p>The header must be exactly the one of the key's algorithm, so nothing in it chooses how it is verified.
 */
public final class SignedStatement {
    private static final int MAX_CHARS = 1 << 20;

    private SignedStatement() {}

    public static String sign(PartySigner signer, JsonObject payload) {
        var input = header(signer.key()) + "." + Base64Url.encode(CanonicalJson.encode(payload));
        return input + "." + Base64Url.encode(signer.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The payload, once the signature is verified. */
    public static JsonObject verify(String statement, PartyKey key) throws InvalidSignatureException {
        if (statement.length() > MAX_CHARS) {
            throw new InvalidSignatureException("the statement is larger than 1 MiB");
        }
        var parts = statement.split("\\.", -1);
        if (parts.length != 3) {
            throw new InvalidSignatureException("a statement has three parts, not " + parts.length);
        }
        if (!parts[0].equals(header(key))) {
            throw new InvalidSignatureException("the header is not that of a statement under " + key.algorithm().jws);
        }
        try {
            var input = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
            if (!key.verify(input, Base64Url.decode(parts[2]))) {
                throw new InvalidSignatureException("the party's key did not sign this statement");
            }
            if (Json.parse(Base64Url.decode(parts[1]), MAX_CHARS) instanceof JsonObject payload) {
                return payload;
            }
            throw new InvalidSignatureException("the statement is not an object");
        } catch (IllegalArgumentException | MalformedJsonException e) {
            throw new InvalidSignatureException("the statement is malformed: " + e.getMessage());
        }
    }

    private static String header(PartyKey key) {
        return Base64Url.encode(
                ("{\"alg\":\"" + key.algorithm().jws + "\",\"typ\":\"husk+jws\"}").getBytes(StandardCharsets.US_ASCII));
    }
}
