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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A contract as people write it: YAML 1.2, or JSON, at most 1 MiB. */
final class ContractFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int DEEPEST = 32;

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
            if (Files.isDirectory(path)) {
                throw CommandFailed.unusable(path + " is a folder, not a file");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw CommandFailed.unusable(path + " is larger than 1 MiB, which no contract is");
            }
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no file " + path);
        }
        if (new String(bytes, StandardCharsets.UTF_8).isBlank()) {
            throw CommandFailed.unusable(path + " is empty");
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
            return toJson(new Load(settings).loadFromString(utf8(path, bytes)), 1);
        } catch (MarkedYamlEngineException e) {
            throw CommandFailed.unusable(path
                    + e.getProblemMark()
                            .map(mark -> ", line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1))
                            .orElse("")
                    + ": " + oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            throw CommandFailed.unusable(path + ": " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    private static String utf8(Path path, byte[] bytes) throws CommandFailed {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CommandFailed.unusable(path + " is not text in UTF-8");
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static JsonElement toJson(@org.jspecify.annotations.Nullable Object value, int depth) throws CommandFailed {
        if (depth > DEEPEST) {
            throw CommandFailed.unusable("the contract is nested deeper than " + DEEPEST + " levels, or in itself");
        }
        if (value == null) {
            return JsonNull.INSTANCE;
        }
        if (value instanceof Map<?, ?> map) {
            var object = new JsonObject();
            for (var entry : map.entrySet()) {
                if (!(entry.getKey() instanceof String name)) {
                    throw CommandFailed.unusable("a member's name must be text, not " + entry.getKey());
                }
                object.add(name, toJson(entry.getValue(), depth + 1));
            }
            return object;
        }
        if (value instanceof List<?> list) {
            var array = new JsonArray();
            for (var element : list) {
                array.add(toJson(element, depth + 1));
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
