package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The npm package {@code openwhisk}, unmodified and of a pinned version, against the server. */
@Timeout(900)
class OpenWhiskClientIT {
    private static final String CLIENT = "openwhisk@3.21.9";

    @TempDir
    Path folder;

    @Test
    void theUnmodifiedClientOfOpenWhiskWorks() throws Exception {
        if (!isOnPath("node") || !isOnPath("npm")) {
            var hint = "OpenWhiskClientIT does not run: put node and npm on the PATH";
            System.out.println(hint);
            Assumptions.abort(hint);
        }
        var modules = Files.createDirectories(Path.of("target", "npm").toAbsolutePath());
        run(modules, Map.of(), "npm", "install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", CLIENT);

        JsonObject seen;
        try (var server = Servers.start(folder, Servers.limits(4))) {
            var environment = Map.of(
                    "APIHOST",
                    server.url().toString(),
                    "AUTH",
                    server.auth(),
                    "NODE_PATH",
                    modules.resolve("node_modules").toString());
            var script = Path.of("src", "test", "js", "drive.js").toAbsolutePath();
            seen = JsonParser.parseString(run(folder, environment, "node", script.toString()))
                    .getAsJsonObject();
        }

        assertThat(seen.get("namespaces")).hasToString("[\"guest\"]");
        assertThat(seen.get("empty")).hasToString("{\"actions\":[],\"packages\":[],\"triggers\":[],\"rules\":[]}");
        assertThat(text(seen, "created", "version")).isEqualTo("0.0.1");
        assertThat(text(seen, "again", "status")).isEqualTo("409");
        assertThat(text(seen, "updated", "version")).isEqualTo("0.0.2");
        assertThat(text(seen, "updated", "limits", "timeout")).isEqualTo("30000");
        assertThat(text(seen, "binary", "exec", "binary")).isEqualTo("true");
        assertThat(text(seen, "got", "exec", "code")).isEqualTo("hello");
        assertThat(seen.getAsJsonObject("bare").getAsJsonObject("exec").has("code"))
                .isFalse();
        assertThat(seen.getAsJsonArray("listed")).hasSize(2);

        assertThat(text(seen, "blocking", "response", "result", "greeting")).isEqualTo("Hello, Bela!");
        assertThat(seen.getAsJsonObject("blocking").get("annotations").toString())
                .contains("initTime");
        assertThat(text(seen, "result", "greeting")).isEqualTo("Hello, Cara!");
        assertThat(text(seen, "activation", "response", "result", "runs")).isEqualTo("3");
        assertThat(seen.getAsJsonObject("logs").getAsJsonArray("logs")).hasSize(2);
        assertThat(text(seen, "activationResult", "result", "greeting")).isEqualTo("Hello, Bela!");
        assertThat(seen.getAsJsonArray("activations")).hasSize(2);

        assertThat(text(seen, "failure", "status")).isEqualTo("502");
        assertThat(text(seen, "failure", "message")).contains("not today");
        assertThat(text(seen, "missing", "status")).isEqualTo("404");
        assertThat(text(seen, "missing", "message")).contains("The requested resource does not exist.");

        assertThat(text(seen, "packaged", "greeting")).isEqualTo("Hello, package!");
        assertThat(text(seen, "bound", "greeting")).isEqualTo("Hello, binding!");
        assertThat(seen.getAsJsonObject("gotPackage").getAsJsonArray("actions")).hasSize(1);
        assertThat(seen.getAsJsonArray("packages")).hasSize(2);
        assertThat(text(seen, "fired", "activationId")).matches("[0-9a-f]{32}");
        assertThat(text(seen, "rule", "status")).isEqualTo("inactive");
        assertThat(seen.getAsJsonObject("all").getAsJsonArray("rules")).hasSize(1);

        assertThat(text(seen, "deleted", "name")).isEqualTo("hello");
        assertThat(seen.get("left")).isEqualTo(seen.get("empty"));
        assertThat(text(seen, "stranger", "status")).isEqualTo("401");
    }

    private static String text(JsonElement json, String... path) {
        var found = json;
        for (var name : path) {
            found = found.getAsJsonObject().get(name);
        }
        return found.getAsString();
    }

    private static boolean isOnPath(String program) {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Runs a program to its end and answers what it printed. */
    private static String run(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("openwhisk-client", ".out");
        try {
            var builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            var process = builder.start();
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            process.destroyForcibly();
            var text = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as("%s ended: %s", List.of(command), text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
