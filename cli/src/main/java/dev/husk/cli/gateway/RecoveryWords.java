package dev.husk.cli.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import java.util.ArrayList;
import java.util.Optional;

/** Who could recover a gateway's state key, in words that differ where the answers do. */
final class RecoveryWords {
    private RecoveryWords() {}

    /** @throws IllegalArgumentException if it is no such answer */
    static String of(JsonElement recovery) {
        if (recovery instanceof JsonNull) {
            return "nobody holds shares of its state key";
        }
        if (!(recovery instanceof JsonObject object)
                || !(object.get("threshold") instanceof JsonPrimitive threshold)
                || !(object.get("holders") instanceof JsonArray holders)) {
            throw new IllegalArgumentException("the member 'recovery' is neither null nor says who");
        }
        var names = new ArrayList<String>();
        for (var one : holders) {
            if (!(one instanceof JsonObject holder)
                    || !(holder.get("name") instanceof JsonPrimitive name)
                    || !(holder.get("key") instanceof JsonPrimitive key)) {
                throw new IllegalArgumentException("a holder of a share has no name or no key");
            }
            names.add(name.getAsString() + " (" + key.getAsString() + ")");
        }
        return "any %s of these %d can recover its state key: %s"
                .formatted(threshold.getAsString(), names.size(), String.join(", ", names));
    }

    /** Those who have not fetched their shares, in words; empty where everybody has. */
    static Optional<String> unfetched(JsonElement recovery) {
        if (!(recovery instanceof JsonObject object) || !(object.get("unfetched") instanceof JsonArray array)) {
            return Optional.empty();
        }
        var names = new ArrayList<String>();
        for (var name : array) {
            if (!(name instanceof JsonPrimitive text)) {
                throw new IllegalArgumentException("the holder of an unfetched share has no name");
            }
            names.add(text.getAsString());
        }
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of("not yet fetched by %s: each runs `husk gateway recovery-shares`"
                        .formatted(String.join(", ", names)));
    }

    /** Other holders than those who have shares, in words, with the digest that agrees to them; empty where there are none. */
    static Optional<String> change(JsonElement recovery) {
        return wanted(recovery)
                .map(change -> change instanceof JsonNull
                        ? "the gateway's configuration names no holders any more; those above keep their shares"
                        : "the gateway's configuration names others: %s. They get no shares unless as many of the present holders"
                                        .formatted(of(change))
                                + " as could recover it agree: `husk gateway recovery-shares --accept-holders %s`"
                                        .formatted(digest(change)));
    }

    private static Optional<JsonElement> wanted(JsonElement recovery) {
        return recovery instanceof JsonObject object ? Optional.ofNullable(object.get("change")) : Optional.empty();
    }

    /** SHA-256 of the canonical form: what a holder agrees to. */
    static String digest(JsonElement policy) {
        return Digests.sha256(CanonicalJson.encode(policy));
    }
}
