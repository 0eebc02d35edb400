package dev.husk.protocol.kbs;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * What the function runtime says about the code that it is about to load, carried as {@code additional_evidence} and
 * so covered by REPORT_DATA: {@code {"husk":{"activation":..,"code":..,"entry":..,"key":..}}}.
 *
 * @param code digest of the action's jar or source, {@code sha256:hex}
 * @param entry class or {@code class#method}
 * @param activation the activation that started the sandbox; empty where it is not known
 * @param key the sandbox's own signing key, with which it asks for releases from then on
 */
public record CodeClaim(String code, String entry, String activation, PartyKey key) {
    private static final int MAX_BYTES = 4096;
    private static final Set<String> MEMBERS = Set.of("activation", "code", "entry", "key");

    public CodeClaim {
        if (!Digests.isSha256(code)) {
            throw new IllegalArgumentException("code is not sha256: and 64 hex digits");
        }
        if (!entry.matches("[\\w$.#]{1,512}") || !activation.matches("[0-9a-zA-Z-]{0,64}")) {
            throw new IllegalArgumentException("entry or activation is malformed");
        }
    }

    /** The string that goes into the evidence. */
    public String text() {
        var husk = new JsonObject();
        husk.addProperty("activation", activation);
        husk.addProperty("code", code);
        husk.addProperty("entry", entry);
        husk.addProperty("key", key.text());
        var json = new JsonObject();
        json.add("husk", husk);
        return CanonicalJson.text(json);
    }

    /**
     * Reads {@code additional_evidence}. Empty where it says nothing about code, as a stock guest's.
     *
     * @throws MalformedJsonException if it is not JSON
     * @throws IllegalArgumentException if the entry of Husk is malformed
     */
    public static Optional<CodeClaim> parse(String additionalEvidence) throws MalformedJsonException {
        if (additionalEvidence.isEmpty()) {
            return Optional.empty();
        }
        var all = Json.parse(additionalEvidence.getBytes(StandardCharsets.UTF_8), 1 << 20);
        if (!(all instanceof JsonObject object) || !object.has("husk")) {
            return Optional.empty();
        }
        if (!(object.get("husk") instanceof JsonObject husk)
                || !husk.keySet().equals(MEMBERS)
                || husk.toString().length() > MAX_BYTES) {
            throw new IllegalArgumentException("the entry husk has activation, code, entry and key, each once");
        }
        return Optional.of(new CodeClaim(
                text(husk, "code"), text(husk, "entry"), text(husk, "activation"), PartyKey.parse(text(husk, "key"))));
    }

    private static String text(JsonObject object, String member) {
        var value = object.get(member);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new IllegalArgumentException(member + " is not text");
        }
        return value.getAsString();
    }
}
