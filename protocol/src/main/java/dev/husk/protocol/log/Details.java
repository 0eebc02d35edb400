package dev.husk.protocol.log;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The part of an event that not every party of the contract may read. The event itself holds only {@link #digest()} in
 * its member {@value #MEMBER}, so nothing about it can be changed later, whoever gets to see it.
 *
 * @param salt 32 random bytes, base64url, without which values could be guessed from the digest
 */
public record Details(String salt, JsonObject values) {
    /** The member of an event that holds the digest. */
    public static final String MEMBER = "details";

    /** Values longer than this are no matter of a log. */
    private static final int SHOWN_IN_FULL = 128;

    private static final byte[] LABEL = "husk details v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final Set<String> MEMBERS = Set.of("parameters", "reasons");

    public Details {
        if (Base64Url.decode(salt).length != 32) {
            throw new IllegalArgumentException("a salt has 32 bytes");
        }
        values = values.deepCopy();
    }

    /** Those of a run: what its function was called with; of a long value only how long it is. */
    public static Details ofRun(String salt, JsonObject parameters) {
        var shown = new JsonObject();
        parameters.entrySet().forEach(entry -> {
            var text = entry.getValue().toString();
            if (text.length() <= SHOWN_IN_FULL) {
                shown.add(entry.getKey(), entry.getValue());
            } else {
                shown.addProperty(entry.getKey(), "(" + text.length() + " characters)");
            }
        });
        var values = new JsonObject();
        values.add("parameters", shown);
        return new Details(salt, values);
    }

    @Override
    public JsonObject values() {
        return values.deepCopy();
    }

    /** SHA-256 over a label, the salt and the canonical values, base64url. */
    public String digest() {
        var digest = Digests.sha256();
        digest.update(LABEL);
        digest.update(Base64Url.decode(salt));
        return Base64Url.encode(digest.digest(CanonicalJson.encode(values)));
    }

    /** Whether {@code event} was logged with these details. */
    public boolean belongTo(JsonObject event) {
        return event.get(MEMBER) != null
                && event.get(MEMBER).isJsonPrimitive()
                && event.get(MEMBER).getAsString().equals(digest());
    }

    /** The event as whoever may read these details reads it. */
    public JsonObject within(JsonObject event) {
        var whole = event.deepCopy();
        whole.remove(MEMBER);
        values.entrySet().stream()
                .filter(value -> MEMBERS.contains(value.getKey()))
                .forEach(value -> whole.add(value.getKey(), value.getValue().deepCopy()));
        return whole;
    }
}
