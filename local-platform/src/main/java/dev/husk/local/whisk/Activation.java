package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The record of one run.
 *
 * @param path the action's qualified name, with its package
 * @param start milliseconds since 1970
 */
record Activation(
        String id,
        EntityPath path,
        String version,
        long start,
        long end,
        Status status,
        JsonElement result,
        List<String> logs,
        JsonArray annotations,
        String cause) {

    /** How it ended, by OpenWhisk's status codes. */
    enum Status {
        SUCCESS("success"),
        APPLICATION_ERROR("application error"),
        DEVELOPER_ERROR("action developer error"),
        WHISK_ERROR("whisk internal error");

        private final String text;

        Status(String text) {
            this.text = text;
        }
    }

    JsonObject toJson() {
        var json = row();
        json.addProperty("subject", WhiskServer.NAMESPACE);
        json.add("response", response());
        json.add("logs", logsJson());
        json.remove("statusCode");
        return json;
    }

    /** As lists show it. */
    JsonObject row() {
        var json = new JsonObject();
        json.addProperty("namespace", WhiskServer.NAMESPACE);
        json.addProperty("name", path.name());
        json.addProperty("version", version);
        json.addProperty("activationId", id);
        json.addProperty("start", start);
        json.addProperty("end", end);
        json.addProperty("duration", end - start);
        json.addProperty("statusCode", status.ordinal());
        json.add("annotations", annotations);
        json.addProperty("publish", false);
        if (!cause.isEmpty()) {
            json.addProperty("cause", cause);
        }
        return json;
    }

    /** As {@code …/ID/result} shows it, and as {@code response} in the record. */
    JsonObject response() {
        var json = new JsonObject();
        json.addProperty("status", status.text);
        json.addProperty("success", status == Status.SUCCESS);
        json.add("result", result);
        json.addProperty("size", result.toString().getBytes(StandardCharsets.UTF_8).length);
        return json;
    }

    private JsonArray logsJson() {
        var array = new JsonArray();
        logs.forEach(array::add);
        return array;
    }

    static JsonObject error(String message) {
        var json = new JsonObject();
        json.addProperty("error", message);
        return json;
    }
}
