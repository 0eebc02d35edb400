package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests, allowed and forbidden, in the shape of genpolicy's own {@code testcases.json}: bases and JSON patches.
 * They are judged by OPA where {@code opa} (0.x, Rego v0) is on the path, and skipped elsewhere.
 */
class AgentPolicyEvaluationTest {
    @TempDir
    Path folder;

    @Test
    void everyRequestIsJudgedAsExpected() throws Exception {
        if (!onPath("opa")) {
            var hint = "AgentPolicyEvaluationTest does not run: put opa (0.x) on the PATH";
            System.out.println(hint);
            Assumptions.abort(hint);
        }
        var policy = InitData.render(Samples.pinned()).files().getOrDefault("policy.rego", "");
        var file = Files.writeString(folder.resolve("policy.rego"), policy);
        var all = testcases();
        var wrong = new ArrayList<String>();
        for (var element : all.getAsJsonArray("cases")) {
            var testcase = element.getAsJsonObject();
            var base = all.getAsJsonObject("bases")
                    .getAsJsonObject(testcase.get("base").getAsString());
            var request = patched(base.get("request").deepCopy(), testcase.getAsJsonArray("patch"));
            if (opa(file, base.get("kind").getAsString(), request)
                    != testcase.get("allowed").getAsBoolean()) {
                wrong.add(testcase.get("description").getAsString());
            }
        }
        assertThat(wrong).isEmpty();
    }

    private boolean opa(Path policy, String kind, JsonElement request) throws IOException, InterruptedException {
        var input = Files.writeString(folder.resolve("input.json"), request.toString());
        var process = new ProcessBuilder(
                        "opa",
                        "eval",
                        "-d",
                        policy.toString(),
                        "-i",
                        input.toString(),
                        "-f",
                        "raw",
                        "data.agent_policy." + kind)
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).isIn("true", "false");
        return output.equals("true");
    }

    private static boolean onPath(String program) {
        var path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(part -> Files.isExecutable(Path.of(part, program)));
    }

    private static JsonObject testcases() throws IOException {
        var resource = AgentPolicyEvaluationTest.class.getResource("testcases.json");
        assertThat(resource).isNotNull();
        try (var in = new InputStreamReader(resource.openStream(), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(in).getAsJsonObject();
        }
    }

    /** RFC 6902, the operations that the cases use. */
    private static JsonElement patched(JsonElement request, JsonArray patch) {
        for (var operation : patch) {
            var change = operation.getAsJsonObject();
            var path = change.get("path").getAsString().substring(1).split("/");
            var at = request;
            for (int i = 0; i < path.length - 1; i++) {
                at = at.isJsonArray()
                        ? at.getAsJsonArray().get(Integer.parseInt(path[i]))
                        : at.getAsJsonObject().get(unescaped(path[i]));
            }
            apply(change, at, unescaped(path[path.length - 1]));
        }
        return request;
    }

    private static void apply(JsonObject change, JsonElement parent, String last) {
        var operation = change.get("op").getAsString();
        if (parent.isJsonObject() && operation.equals("remove")) {
            assertThat(parent.getAsJsonObject().remove(last)).isNotNull();
        } else if (parent.isJsonObject()) {
            parent.getAsJsonObject().add(last, change.get("value"));
        } else if (last.equals("-")) {
            parent.getAsJsonArray().add(change.get("value"));
        } else {
            parent.getAsJsonArray().set(Integer.parseInt(last), change.get("value"));
        }
    }

    private static String unescaped(String token) {
        return token.replace("~1", "/").replace("~0", "~");
    }
}
