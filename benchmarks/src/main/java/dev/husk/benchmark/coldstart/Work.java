package dev.husk.benchmark.coldstart;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.benchmark.gateway.LoadFailedException;
import dev.husk.protocol.json.Digests;
import java.util.Base64;

/**
 * What is sent to a runtime and expected of it.
 *
 * @param function of the contract; the same name for its archive
 * @param parameters of a run
 * @param member that a right answer has
 */
record Work(String function, byte[] archive, String entry, JsonObject parameters, String member) {

    JsonObject init() {
        var value = new JsonObject();
        value.addProperty("name", function);
        value.addProperty("main", entry);
        value.addProperty("binary", true);
        value.addProperty("code", Base64.getEncoder().encodeToString(archive));
        var environment = new JsonObject();
        environment.add("__OW_ACTIVATION_ID", new JsonPrimitive("0123456789abcdef0123456789abcdef"));
        value.add("env", environment);
        return value;
    }

    String digest() {
        return Digests.sha256(archive);
    }

    void check(JsonObject answer) throws LoadFailedException {
        if (!answer.has(member)) {
            throw new LoadFailedException(function + " answered " + answer);
        }
    }
}
