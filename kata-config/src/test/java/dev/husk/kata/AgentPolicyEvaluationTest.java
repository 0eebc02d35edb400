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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests, allowed and forbidden, in the shape of genpolicy's own {@code testcases.json}: bases and JSON patches, and
 * under {@code state} what the agent has noted for the policy before. They are judged by OPA where {@code opa} (0.x,
 * Rego v0) is on the path, and skipped elsewhere.
 */
class AgentPolicyEvaluationTest {
    /** Answers by the number of their request; a request without a rule has none, and the agent refuses it. */
    private static final String QUESTIONS = """
            package questions

            answers[i] := answer {
            	some i
            	request := data.requests[i]
            	answer := data.agent_policy[request.kind] with input as request.input with data.pstate as request.state
            }
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void opaIsThere() {
        if (!onPath("opa")) {
            var hint = "AgentPolicyEvaluationTest does not run: put opa (0.x) on the PATH";
            System.out.println(hint);
            Assumptions.abort(hint);
        }
    }

    @Test
    void everyRequestIsJudgedAsExpected() throws Exception {
        var all = testcases();
        var requests = new JsonArray();
        for (var element : all.getAsJsonArray("cases")) {
            var testcase = element.getAsJsonObject();
            var base = base(all, testcase.get("base").getAsString());
            var state = testcase.has("state") ? testcase.getAsJsonObject("state") : new JsonObject();
            requests.add(request(base, testcase.getAsJsonArray("patch"), state));
        }

        var answers = opa(requests);

        var wrong = new ArrayList<String>();
        for (int i = 0; i < requests.size(); i++) {
            var testcase = all.getAsJsonArray("cases").get(i).getAsJsonObject();
            if (allowed(answers.get(Integer.toString(i)))
                    != testcase.get("allowed").getAsBoolean()) {
                wrong.add(testcase.get("description").getAsString());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aSandboxStartsOneFunctionAlsoIfTheFirstAttemptFails() throws Exception {
        var all = testcases();
        var state = new JsonObject();
        assertThat(noted(state, base(all, "pause"), "a".repeat(64))).isTrue();
        assertThat(noted(state, base(all, "StartContainerRequest"), "a".repeat(64)))
                .isTrue();
        assertThat(noted(state, base(all, "runtime"), "b".repeat(64))).isTrue();
        assertThat(noted(state, base(all, "runtime"), "c".repeat(64))).isTrue();
        assertThat(noted(state, base(all, "StartContainerRequest"), "c".repeat(64)))
                .isTrue();

        assertThat(noted(state, base(all, "StartContainerRequest"), "b".repeat(64)))
                .isFalse();
        assertThat(noted(state, base(all, "runtime"), "d".repeat(64))).isFalse();
        assertThat(noted(state, base(all, "pause"), "d".repeat(64))).isFalse();
    }

    /** Whether a request is allowed; if so, its notes are in the state, as the agent keeps them. */
    private boolean noted(JsonObject state, JsonObject base, String container) throws Exception {
        var text = base.toString().replace("e".repeat(64), container).replace("5".repeat(64), container);
        var requests = new JsonArray();
        requests.add(request(JsonParser.parseString(text).getAsJsonObject(), new JsonArray(), state));
        var answer = opa(requests).get("0");
        if (answer == null || !allowed(answer)) {
            return false;
        }
        for (var operation : answer.getAsJsonObject().getAsJsonArray("ops")) {
            var path = operation.getAsJsonObject().get("path").getAsString();
            assertThat(path).startsWith("/pstate/");
            state.add(
                    path.substring("/pstate/".length()),
                    operation.getAsJsonObject().get("value"));
        }
        return true;
    }

    private static JsonObject base(JsonObject all, String name) {
        return all.getAsJsonObject("bases").getAsJsonObject(name);
    }

    private static JsonObject request(JsonObject base, JsonArray patch, JsonObject state) {
        var request = new JsonObject();
        request.add("kind", base.get("kind"));
        request.add("input", patched(base.get("request").deepCopy(), patch));
        request.add("state", state.deepCopy());
        return request;
    }

    /** As the agent reads it: a flag, or an object with a flag. */
    private static boolean allowed(@Nullable JsonElement answer) {
        if (answer == null) {
            return false;
        }
        return answer.isJsonObject() ? answer.getAsJsonObject().get("allowed").getAsBoolean() : answer.getAsBoolean();
    }

    private JsonObject opa(JsonArray requests) throws IOException, InterruptedException {
        var policy = InitData.render(Samples.pinned()).files().getOrDefault("policy.rego", "");
        var rules = Files.writeString(folder.resolve("policy.rego"), policy);
        var data = new JsonObject();
        data.add("requests", requests);
        var input = Files.writeString(folder.resolve("requests.json"), data.toString());
        var questions = Files.writeString(folder.resolve("questions.rego"), QUESTIONS);
        var process = new ProcessBuilder(
                        "opa",
                        "eval",
                        "-d",
                        rules.toString(),
                        "-d",
                        questions.toString(),
                        "-d",
                        input.toString(),
                        "-f",
                        "raw",
                        "data.questions.answers")
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return JsonParser.parseString(output).getAsJsonObject();
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
        if (operation.equals("remove")) {
            var removed = parent.isJsonObject()
                    ? parent.getAsJsonObject().remove(last)
                    : parent.getAsJsonArray().remove(Integer.parseInt(last));
            assertThat(removed).isNotNull();
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
