package dev.husk.gateway.party;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.gateway.SafeAddress;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The document in which an issuer says where its keys are (OpenID Connect Discovery 1.0, sections 3 and 4). */
final class Discovery {
    static final int LARGEST = 256 << 10;

    private Discovery() {}

    /** Where the issuer publishes it. */
    static URI address(String issuer) {
        return URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
    }

    /**
     * Where the keys are; {@code https}, or {@code http} of this machine.
     *
     * @throws IOException if it is malformed, another issuer's, or names no such address
     */
    static URI keys(byte[] document, String issuer) throws IOException {
        try {
            if (!(Json.parse(document, LARGEST) instanceof JsonObject members)) {
                throw new IOException("the discovery document is no JSON object");
            }
            if (!issuer.equals(text(members.get("issuer")))) {
                throw new IOException("the discovery document is not of the issuer " + issuer);
            }
            var keys = URI.create(text(members.get("jwks_uri")));
            if (!SafeAddress.holds(keys)) {
                throw new IOException("jwks_uri in the discovery document must be https, or http on this machine");
            }
            return keys;
        } catch (MalformedJsonException e) {
            throw new IOException("the discovery document is no JSON: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException("jwks_uri in the discovery document is no address", e);
        }
    }

    /** Empty for what is no string. */
    private static String text(@Nullable JsonElement member) {
        return member != null
                        && member.isJsonPrimitive()
                        && member.getAsJsonPrimitive().isString()
                ? member.getAsString()
                : "";
    }
}
