package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The parameters of a call: a file's, then single ones, which win. A value that is not JSON is text. */
final class CallParameters {
    /** OpenWhisk takes no more by default. */
    private static final int MAX_BYTES = 1 << 20;

    /** What the runtime reads itself. */
    private static final Set<String> RESERVED = Set.of("contract", "function", "invocation", "sealed");

    private CallParameters() {}

    static JsonObject of(List<String> single, Optional<Path> file) throws CommandFailed, IOException {
        var all = file.isPresent() ? read(file.get()) : new JsonObject();
        for (var text : single) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw CommandFailed.unusable("'" + text + "' is not name=value");
            }
            all.add(text.substring(0, equals), value(text.substring(equals + 1)));
        }
        for (var name : RESERVED) {
            if (all.has(name)) {
                throw CommandFailed.unusable("parameter '" + name + "' is Husk's own and cannot be given");
            }
        }
        return all;
    }

    private static JsonElement value(String text) {
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
        } catch (MalformedJsonException e) {
            return new JsonPrimitive(text);
        }
    }

    private static JsonObject read(Path file) throws CommandFailed, IOException {
        try {
            if (Json.parse(Files.readAllBytes(file), MAX_BYTES) instanceof JsonObject object) {
                return object;
            }
        } catch (MalformedJsonException e) {
            throw CommandFailed.unusable(file + ": " + e.getMessage());
        }
        throw CommandFailed.unusable(file + " does not hold a JSON object of parameters");
    }
}
