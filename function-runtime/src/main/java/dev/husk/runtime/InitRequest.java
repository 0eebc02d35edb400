package dev.husk.runtime;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * The value of an {@code /init}.
 *
 * @param entry class or {@code class#method}; for source without one, {@value #MAIN}, as in OpenWhisk's Java runtimes
 * @param code the archive, base64, or the source
 * @param source whether the platform calls the code a text
 * @param env what to export
 * @param activation the activation that started the sandbox; empty where the platform does not say
 */
record InitRequest(String entry, String code, boolean source, JsonObject env, String activation) {
    private static final String MAIN = "Main";

    /** @throws IllegalArgumentException if entry or code is missing */
    static InitRequest parse(JsonObject body) {
        if (!(body.get("value") instanceof JsonObject value)
                || entry(value).isEmpty()
                || text(value, "code").isEmpty()) {
            throw new IllegalArgumentException("Missing main/no code to execute.");
        }
        var env = value.get("env") instanceof JsonObject object ? object : new JsonObject();
        var activation = text(env, "__OW_ACTIVATION_ID");
        return new InitRequest(
                entry(value),
                text(value, "code"),
                source(value),
                env,
                activation.matches("[0-9a-f]{32}") ? activation : "");
    }

    /** Code is a jar unless the platform says that it is not. */
    private static boolean source(JsonObject value) {
        return value.get("binary") instanceof JsonPrimitive binary && binary.isBoolean() && !binary.getAsBoolean();
    }

    private static String entry(JsonObject value) {
        var main = text(value, "main");
        // OpenWhisk says "main" where nobody said anything.
        return source(value) && (main.isEmpty() || main.equals("main")) ? MAIN : main;
    }

    static String text(JsonObject object, String member) {
        return object.get(member) instanceof JsonPrimitive value && value.isString() ? value.getAsString() : "";
    }
}
