package dev.husk.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.SealedAnswer;
import java.nio.charset.StandardCharsets;

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

    /** The same outcome, told to nobody but who holds the key: the platform learns that there is an answer. */
    Answer sealed(Release release, AnswerKey key) {
        var sealed = new JsonObject();
        sealed.addProperty(
                "sealed",
                SealedAnswer.seal(
                        key,
                        release.contractName(),
                        release.function(),
                        body.toString().getBytes(StandardCharsets.UTF_8)));
        if (status == 200) {
            return new Answer(status, sealed, ends);
        }
        // Of an answer with another status the platform keeps the error alone.
        var failed = new JsonObject();
        failed.add("error", sealed);
        return new Answer(status, failed, ends);
    }

    private static JsonObject body(String error) {
        var body = new JsonObject();
        body.addProperty("error", error);
        return body;
    }
}
