package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A contract as people write it: YAML 1.2, or JSON, at most 1 MiB. */
final class ContractFile {
    private static final int MAX_BYTES = 1 << 20;

    private ContractFile() {}

    static Contract read(Path path) throws CommandFailed, IOException {
        try {
            return Contract.parse(json(path));
        } catch (InvalidContractException e) {
            throw CommandFailed.unusable(
                    path + " is not a contract that could be signed:\n  - " + String.join("\n  - ", e.problems()));
        }
    }

    /** The file's value, before anything is known of its meaning. */
    static JsonElement json(Path path) throws CommandFailed, IOException {
        byte[] bytes;
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw CommandFailed.unusable(path + " is larger than 1 MiB, which no contract is");
            }
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no file " + path);
        }
        try {
            return path.toString().endsWith(".json") ? Json.parse(bytes, MAX_BYTES) : yaml(path, bytes);
        } catch (MalformedJsonException e) {
            throw CommandFailed.unusable(path + ": " + e.getMessage());
        }
    }

    private static JsonElement yaml(Path path, byte[] bytes) throws CommandFailed {
        try {
            var settings = LoadSettings.builder()
                    .setLabel(path.getFileName().toString())
                    .setAllowDuplicateKeys(false)
                    .setMaxAliasesForCollections(20)
                    .build();
            return toJson(new Load(settings).loadFromInputStream(new java.io.ByteArrayInputStream(bytes)));
        } catch (YamlEngineException e) {
            throw CommandFailed.unusable(path + ": " + e.getMessage());
        }
    }

    private static JsonElement toJson(@org.jspecify.annotations.Nullable Object value) throws CommandFailed {
        if (value == null) {
            return JsonNull.INSTANCE;
        }
        if (value instanceof Map<?, ?> map) {
            var object = new JsonObject();
            for (var entry : map.entrySet()) {
                if (!(entry.getKey() instanceof String name)) {
                    throw CommandFailed.unusable("a member's name must be text, not " + entry.getKey());
                }
                object.add(name, toJson(entry.getValue()));
            }
            return object;
        }
        if (value instanceof List<?> list) {
            var array = new JsonArray();
            for (var element : list) {
                array.add(toJson(element));
            }
            return array;
        }
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        }
        if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        }
        if (value instanceof String text) {
            return new JsonPrimitive(text);
        }
        throw CommandFailed.unusable(
                "cannot use a value of type " + value.getClass().getSimpleName());
    }
}
