package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.SealedAnswer;
import dev.husk.protocol.seal.SealedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A call of which OpenWhisk sees an envelope, and an envelope of the answer. The answer's key never leaves this
 * machine; where the answer is not waited for, it is kept in {@code HUSK_HOME/answers} until it was read.
 */
final class SealedCall implements Call {
    private final Settings settings;
    private final String contract;
    private final String function;
    private final String envelope;
    private final AnswerKey key;

    private SealedCall(Settings settings, String contract, String function, String envelope, AnswerKey key) {
        this.settings = settings;
        this.contract = contract;
        this.function = function;
        this.envelope = envelope;
        this.key = key;
    }

    /** @param statement the caller's signed request */
    static SealedCall of(Settings settings, InvocationKey to, String statement) throws CommandFailed {
        try {
            var request = SealedRequest.seal(
                    to.key(), to.contract(), to.function(), statement.getBytes(StandardCharsets.US_ASCII));
            return new SealedCall(settings, to.contract(), to.function(), request.envelope(), request.answerKey());
        } catch (EnvelopeException e) {
            throw CommandFailed.refused("the request cannot be sealed: " + e.getMessage());
        }
    }

    /** A call of this machine that was left; empty where there is none of this id, or its answer was read. */
    static Optional<SealedCall> left(Settings settings, String activationId) throws CommandFailed, IOException {
        var file = file(settings, activationId);
        var kept = Settings.object(file);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        try {
            var json = kept.get();
            byte[] key = Base64Url.decode(json.get("key").getAsString());
            return Optional.of(new SealedCall(
                    settings,
                    json.get("contract").getAsString(),
                    json.get("function").getAsString(),
                    "",
                    AnswerKey.of(key)));
        } catch (RuntimeException e) {
            throw CommandFailed.unusable(file + " is damaged");
        }
    }

    String function() {
        return function;
    }

    @Override
    public JsonObject parameters() {
        var parameters = new JsonObject();
        parameters.addProperty("sealed", envelope);
        return parameters;
    }

    @Override
    public JsonElement read(JsonElement result, boolean success) throws CommandFailed {
        // Where the action failed, OpenWhisk keeps nothing but the error, so the answer stands in there.
        var error = result instanceof JsonObject object ? object.get("error") : null;
        var holder = error instanceof JsonObject inner && inner.has("sealed") ? inner : result;
        if (holder instanceof JsonObject object
                && object.get("sealed") instanceof JsonPrimitive text
                && text.isString()) {
            return open(text.getAsString());
        }
        if (error == null && success) {
            throw CommandFailed.refused("the answer came in the clear, so it is not the function's");
        }
        return result;
    }

    private JsonElement open(String sealed) throws CommandFailed {
        try {
            byte[] answer = SealedAnswer.open(key, contract, function, sealed);
            return Json.parse(answer, SealedAnswer.MAX_CHARS);
        } catch (EnvelopeException e) {
            throw CommandFailed.refused("the answer does not open: " + e.getMessage());
        } catch (MalformedJsonException e) {
            throw CommandFailed.unreachable("the function's answer is not JSON: " + e.getMessage());
        }
    }

    @Override
    public String leave(String activationId) throws IOException {
        byte[] bytes = key.copy();
        var json = new JsonObject();
        json.addProperty("contract", contract);
        json.addProperty("function", function);
        json.addProperty("key", Base64Url.encode(bytes));
        Arrays.fill(bytes, (byte) 0);
        WholeFile.replace(file(settings, activationId), json + "\n");
        return "husk answer " + activationId;
    }

    /** The answer was read. */
    void forget(String activationId) throws IOException {
        Files.deleteIfExists(file(settings, activationId));
    }

    private static Path file(Settings settings, String activationId) {
        return settings.folder().resolve("answers").resolve(activationId + ".json");
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "SealedCall[" + contract + "/" + function + "]";
    }
}
