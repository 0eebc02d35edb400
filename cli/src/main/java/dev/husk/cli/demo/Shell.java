package dev.husk.cli.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;

/** Types the demo's commands and reads their answers; one that should succeed and does not ends the demo. */
final class Shell {
    private static final int MAX_ANSWER = 16 << 20;

    private final Commands husk;

    Shell(Commands husk) {
        this.husk = husk;
    }

    /** Runs a command, however it ends. */
    Commands.Ran run(String... command) {
        return husk.run(command);
    }

    /** Runs a command that must succeed. */
    Commands.Ran ok(String... command) throws DemoFailedException {
        var ran = husk.run(command);
        if (ran.exitCode() != 0) {
            throw new DemoFailedException("husk %s ended with %d: %s"
                    .formatted(
                            String.join(" ", command), ran.exitCode(), ran.err().strip()));
        }
        return ran;
    }

    /** Runs a command that must succeed and print a JSON object. */
    JsonObject json(String... command) throws DemoFailedException {
        return parse(ok(command).out());
    }

    static JsonObject parse(String text) throws DemoFailedException {
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8), MAX_ANSWER).getAsJsonObject();
        } catch (MalformedJsonException | IllegalStateException e) {
            throw new DemoFailedException("not a JSON object: " + e.getMessage());
        }
    }

    /** Runs a command that must succeed and print a JSON array. */
    JsonArray array(String... command) throws DemoFailedException {
        try {
            return Json.parse(ok(command).out().getBytes(StandardCharsets.UTF_8), MAX_ANSWER)
                    .getAsJsonArray();
        } catch (MalformedJsonException | IllegalStateException e) {
            throw new DemoFailedException("not a JSON array: " + e.getMessage());
        }
    }
}
