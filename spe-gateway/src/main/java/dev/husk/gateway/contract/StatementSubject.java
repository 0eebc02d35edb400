package dev.husk.gateway.contract;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.util.Optional;

/** What a statement claims to be about, before anything of it is verified: good for looking up, never for deciding. */
public final class StatementSubject {
    private StatementSubject() {}

    /** The member {@code contract}. */
    public static Optional<String> of(String jws) {
        return member(jws, "contract");
    }

    public static Optional<String> member(String jws, String member) {
        var parts = jws.split("\\.", -1);
        try {
            if (parts.length == 3 && Json.parse(Base64Url.decode(parts[1]), 1 << 20) instanceof JsonObject payload) {
                return Optional.ofNullable(payload.get(member))
                        .filter(value -> value.isJsonPrimitive())
                        .map(value -> value.getAsString());
            }
        } catch (IllegalArgumentException | MalformedJsonException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
