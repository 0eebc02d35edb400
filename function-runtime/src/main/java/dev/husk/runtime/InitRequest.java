package dev.husk.runtime;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * The value of an {@code /init}.
 *
 * @param entry class or {@code class#method}
 * @param code the archive, base64
 * @param env what to export
 * @param activation the activation that started the sandbox; empty where the platform does not say
 */
record InitRequest(String entry, String code, JsonObject env, String activation) {

    /** @throws IllegalArgumentException if entry or code is missing */
    static InitRequest parse(JsonObject body) {
        if (!(body.get("value") instanceof JsonObject value)
                || text(value, "main").isEmpty()
                || text(value, "code").isEmpty()) {
            throw new IllegalArgumentException("Missing main/no code to execute.");
        }
        var env = value.get("env") instanceof JsonObject object ? object : new JsonObject();
        var activation = text(env, "__OW_ACTIVATION_ID");
        return new InitRequest(
                text(value, "main"), text(value, "code"), env, activation.matches("[0-9a-f]{32}") ? activation : "");
    }

    static String text(JsonObject object, String member) {
        return object.get(member) instanceof JsonPrimitive value && value.isString() ? value.getAsString() : "";
    }
}
