package dev.husk.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * What the platform gets back.
 *
 * @param ends whether this ends an activation, so that the log's sentinels are due before it goes out
 */
record Answer(int status, JsonElement body, boolean ends) {
    /** The upstream Java runtime's status for everything that went wrong; the platform then drops the container. */
    static final int FAILED = 502;

    static Answer of(JsonElement result) {
        return new Answer(200, result, true);
    }

    /** The activation failed and the sandbox stays. */
    static Answer applicationError(String error) {
        return new Answer(200, body(error), true);
    }

    /** The activation failed and the sandbox goes. */
    static Answer failed(String error) {
        return new Answer(FAILED, body(error), true);
    }

    /** No activation has begun. */
    static Answer rejected(int status, String error) {
        return new Answer(status, body(error), false);
    }

    private static JsonObject body(String error) {
        var body = new JsonObject();
        body.addProperty("error", error);
        return body;
    }
}
