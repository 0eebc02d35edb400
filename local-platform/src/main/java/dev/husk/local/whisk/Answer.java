package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One HTTP answer, headers in order. */
record Answer(int status, List<Map.Entry<String, String>> headers, byte[] body) {

    static Answer of(int status, String type, byte[] body) {
        return new Answer(status, List.of(Map.entry("Content-Type", type)), body);
    }

    static Answer json(int status, JsonElement json) {
        return of(status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Answer empty(int status) {
        return new Answer(status, List.of(), new byte[0]);
    }

    static Answer list(List<JsonObject> rows) {
        var array = new JsonArray();
        rows.forEach(array::add);
        return json(200, array);
    }

    static Answer count(String collection, int count) {
        var json = new JsonObject();
        json.addProperty(collection, count);
        return json(200, json);
    }

    /** Both members are needed, or wsk takes the answer for a broken connection. */
    static Answer error(int status, String message, String transaction) {
        var json = Activation.error(message);
        json.addProperty("code", transaction);
        return json(status, json);
    }

    Answer with(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new Answer(status, more, body);
    }
}
