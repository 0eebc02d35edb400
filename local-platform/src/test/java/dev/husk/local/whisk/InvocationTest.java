package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the invoker makes of each answer of a runtime, in real processes. */
@Timeout(300)
class InvocationTest {
    @TempDir
    static Path folder;

    static WhiskServer server;
    static Client client;

    @BeforeAll
    static void start() throws IOException {
        server = Servers.start(
                folder, Servers.limits(3), SandboxHooks.none(), Clock.systemUTC(), Duration.ofSeconds(20));
        client = new Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aBlockingInvocationAnswersTheActivationWithItsLogs() throws Exception {
        client.create("hello", "hello");
        var reply = client.invoke("hello", "{\"name\":\"Anna\"}").is(200);
        var activation = reply.object();
        assertThat(activation.get("activationId").getAsString())
                .matches("[0-9a-f]{32}")
                .isEqualTo(reply.header("x-openwhisk-activation-id"));
        assertThat(activation.get("namespace").getAsString()).isEqualTo("guest");
        assertThat(activation.get("subject").getAsString()).isEqualTo("guest");
        assertThat(activation.get("duration").getAsLong())
                .isEqualTo(activation.get("end").getAsLong()
                        - activation.get("start").getAsLong());
        var response = activation.getAsJsonObject("response");
        assertThat(response.get("status").getAsString()).isEqualTo("success");
        assertThat(response.get("success").getAsBoolean()).isTrue();
        assertThat(response.getAsJsonObject("result").get("greeting").getAsString())
                .isEqualTo("Hello, Anna!");
        assertThat(lines(activation))
                .hasSize(2)
                .anyMatch(line -> line.matches("[0-9T:.-]{29}Z stdout: hello stdout"))
                .anyMatch(line -> line.endsWith(" stderr: hello stderr ❄"));
    }

    @Test
    void onlyAColdStartHasAnInitTimeAndAWarmOneRunsInTheSameProcess() throws Exception {
        client.create("warmth", "hello");
        var cold = client.invoke("warmth", "{}").is(200).object();
        var warm = client.invoke("warmth", "{}").is(200).object();
        assertThat(annotation(cold, "initTime").getAsLong()).isPositive();
        assertThat(annotations(warm)).doesNotContain("initTime").contains("path", "kind", "limits", "timeout");
        assertThat(annotation(warm, "path").getAsString()).isEqualTo("guest/warmth");
        assertThat(annotation(warm, "kind").getAsString()).isEqualTo(Servers.KIND);
        assertThat(result(warm).get("pid")).isEqualTo(result(cold).get("pid"));
        assertThat(result(warm).get("runs").getAsInt()).isEqualTo(2);
        assertThat(lines(warm)).hasSize(2);
    }

    @Test
    void aChangedActionRunsInAnotherProcess() throws Exception {
        client.create("changed", "hello");
        var before = client.invoke("changed", "{}").object();
        client.call("PUT", "actions/changed?overwrite=true", "{}").is(200);
        var after = client.invoke("changed", "{}").object();
        assertThat(after.get("version").getAsString()).isEqualTo("0.0.2");
        assertThat(result(after).get("pid")).isNotEqualTo(result(before).get("pid"));
    }

    @Test
    void theRuntimeGetsItsContextAsTextAndTheKeyOnlyIfTheActionAsksForIt() throws Exception {
        client.create("context", "context", """
                {"parameters":[{"key":"a","value":1},{"key":"SECRET","value":{"x":[1]},"init":true}]}""");
        var activation = client.invoke("context", "{\"b\":2}").is(200).object();
        var seen = result(activation);
        assertThat(seen.getAsJsonObject("value").toString()).isEqualTo("{\"a\":1,\"b\":2}");
        assertThat(seen.get("action_name").getAsString()).isEqualTo("/guest/context");
        assertThat(seen.get("action_version").getAsString()).isEqualTo("0.0.1");
        assertThat(seen.get("activation_id")).isEqualTo(activation.get("activationId"));
        assertThat(seen.getAsJsonPrimitive("deadline").isString()).isTrue();
        assertThat(seen.get("api_host").getAsString()).isEqualTo(server.url().toString());
        assertThat(seen.has("api_key")).isFalse();
        var environment = seen.getAsJsonObject("env");
        assertThat(environment.get("__OW_ACTION_NAME").getAsString()).isEqualTo("/guest/context");
        assertThat(environment.get("SECRET").getAsString()).isEqualTo("{\"x\":[1]}");
        assertThat(environment.has("__OW_API_KEY")).isFalse();

        client.create("trusted", "context", "{\"annotations\":[{\"key\":\"provide-api-key\",\"value\":true}]}");
        var trusted = result(client.invoke("trusted", "{}").is(200).object());
        assertThat(trusted.get("api_key").getAsString()).isEqualTo(server.auth());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            refuses      | 502 | application error      | not today
            throws       | 502 | action developer error | An error has occurred
            text         | 502 | action developer error | The action did not produce a valid JSON or JSON Array response: "text"
            dies         | 502 | action developer error | The action did not produce a valid response and exited unexpectedly.
            hangs        | 502 | action developer error | The action exceeded its time limits of 4000 milliseconds.
            init-fails   | 502 | action developer error | no such class
            init-babbles | 502 | action developer error | The action failed during initialization: <html>
            init-dies    | 502 | action developer error | The action did not initialize and exited unexpectedly.
            init-hangs   | 502 | action developer error | The action exceeded its time limits of 1500 milliseconds during initialization.
            sick         | 502 | action developer error | sick
            """)
    void aFailureIsToldAsOpenWhiskTellsIt(String code, int status, String kind, String error) throws Exception {
        // Short only where the time is meant to run out, since a busy machine starts a process slowly.
        int timeout = code.equals("init-hangs") ? 1500 : code.equals("hangs") ? 4000 : 30_000;
        client.create(code, code, "{\"limits\":{\"timeout\":%d}}".formatted(timeout));
        var activation = client.invoke(code, "{}").is(status).object();
        var response = activation.getAsJsonObject("response");
        assertThat(response.get("status").getAsString()).isEqualTo(kind);
        assertThat(response.getAsJsonObject("result").get("error").getAsString())
                .isEqualTo(error);
        assertThat(annotation(activation, "timeout").getAsBoolean()).isEqualTo(error.contains("time limits"));
    }

    @Test
    void whatADyingRuntimePrintedIsInTheLogs() throws Exception {
        client.create("last-words", "init-dies");
        assertThat(lines(client.invoke("last-words", "{}").is(502).object()))
                .anyMatch(line -> line.endsWith("stderr: dying"));
    }

    @Test
    void anApplicationErrorKeepsTheSandboxAndADeveloperErrorEndsIt() throws Exception {
        client.create("kept", "refuses");
        client.invoke("kept", "{}").is(502);
        assertThat(annotations(client.invoke("kept", "{}").is(502).object())).doesNotContain("initTime");
        client.create("ended", "throws");
        client.invoke("ended", "{}").is(502);
        assertThat(annotations(client.invoke("ended", "{}").is(502).object())).contains("initTime");
    }

    @Test
    void aSandboxThatDiedWhileIdleIsReplacedUnseen() throws Exception {
        client.create("dies-later", "dies-later");
        for (int i = 0; i < 3; i++) {
            var pid = result(client.invoke("dies-later", "{}").is(200).object()).get("pid");
            var process = ProcessHandle.of(pid.getAsLong());
            if (process.isPresent()) {
                process.get().onExit().get(2, TimeUnit.MINUTES);
            }
        }
    }

    @Test
    void arraysGoInAndOut() throws Exception {
        client.create("array", "array");
        assertThat(client.call("POST", "actions/array?blocking=true&result=true", "{}")
                        .is(200)
                        .body())
                .isEqualTo("[\"a\"]");
        client.create("echo-array", "echo");
        assertThat(client.call("POST", "actions/echo-array?blocking=true&result=true", "[1,null]")
                        .is(200)
                        .body())
                .isEqualTo("[1,null]");
    }

    @Test
    void aResultBeyondOneMebibyteIsCutAndAnApplicationError() throws Exception {
        client.create("big", "big");
        var response = client.invoke("big", "{}").is(502).object().getAsJsonObject("response");
        assertThat(response.get("status").getAsString()).isEqualTo("application error");
        assertThat(response.getAsJsonObject("result").get("error").getAsString())
                .startsWith("The action produced a response that exceeded the allowed length: 2097162 > 1048576 bytes.")
                .hasSizeBetween(1048576, 1048576 + 200);
    }

    @Test
    void aLargeArgumentComesBackUnchanged() throws Exception {
        client.create("large", "echo");
        var argument = "{\"arg\":\"" + "a".repeat(1048561) + "\"}";
        assertThat(client.call("POST", "actions/large?blocking=true&result=true", argument)
                        .is(200)
                        .body())
                .isEqualTo(argument);
    }

    @Test
    void logsEndAtTheLimit() throws Exception {
        client.create("chatty", "chatty", "{\"limits\":{\"logs\":1}}");
        var lines = lines(client.invoke("chatty", "{}").is(200).object());
        assertThat(lines).hasSize(1025);
        assertThat(lines.get(1024)).contains("Logs were truncated", "1048576 bytes");
    }

    @Test
    void aNonBlockingInvocationAnswersItsIdAndCanBeReadLater() throws Exception {
        client.create("later", "hello");
        var id = client.call("POST", "actions/later", "{}")
                .is(202)
                .object()
                .get("activationId")
                .getAsString();
        Client.Reply reply;
        do {
            reply = client.get("activations/" + id);
        } while (reply.status() == 404);
        assertThat(reply.object().get("name").getAsString()).isEqualTo("later");
        assertThat(client.get("activations/" + id + "/result").is(200).object().keySet())
                .containsExactlyInAnyOrder("status", "success", "result", "size");
        assertThat(lines(client.get("activations/" + id + "/logs").is(200).object()))
                .hasSize(2);
        client.get("activations/" + id + "/nothing").is(404);
        client.get("activations/" + "0".repeat(32)).is(404);
        client.get("activations/xyz").is(400);
    }

    @Test
    void theLogsOfWhatStillRunsCanBeRead() throws Exception {
        client.create("watched", "waits");
        var id = client.call("POST", "actions/watched", "{\"millis\":15000}")
                .is(202)
                .object()
                .get("activationId")
                .getAsString();
        Client.Reply reply;
        do {
            reply = client.get("activations/" + id + "/logs");
        } while (reply.status() == 404 || lines(reply.object()).isEmpty());
        assertThat(lines(reply.object()).get(0)).endsWith("stdout: waiting");
        client.get("activations/" + id).is(404);
    }

    @Test
    void whatTakesLongerThanTheCallerWaitsForIsAnsweredWith202() throws Exception {
        client.create("slow", "waits");
        client.call("POST", "actions/slow?blocking=true&timeout=300", "{\"millis\":1500}")
                .is(202);
    }

    @Test
    void activationsAreListedNewestFirstByNameTimeAndPage() throws Exception {
        client.create("listed", "hello");
        var first = client.invoke("listed", "{}").object();
        var second = client.invoke("listed", "{}").object();
        var rows = client.get("activations?name=listed").is(200).json().getAsJsonArray();
        assertThat(rows).hasSize(2);
        var row = rows.get(0).getAsJsonObject();
        assertThat(row.get("activationId")).isEqualTo(second.get("activationId"));
        assertThat(row.get("statusCode").getAsInt()).isZero();
        assertThat(row.has("logs")).isFalse();
        assertThat(page("name=listed&docs=true").get(0).getAsJsonObject().has("logs"))
                .isTrue();
        assertThat(page("name=listed&limit=1&skip=1").get(0).getAsJsonObject().get("activationId"))
                .isEqualTo(first.get("activationId"));
        assertThat(page("name=listed&since=" + second.get("start").getAsLong())
                        .get(0)
                        .getAsJsonObject()
                        .get("activationId"))
                .isEqualTo(second.get("activationId"));
        assertThat(page("name=listed&upto=" + (first.get("start").getAsLong() - 1)))
                .isEmpty();
        assertThat(client.get("activations?name=listed&count=true").object().get("activations"))
                .hasToString("2");
        client.get("activations?limit=201").is(400);
        client.get("activations?since=yesterday").is(400);
    }

    private static JsonArray page(String query) throws Exception {
        return client.get("activations?" + query).is(200).json().getAsJsonArray();
    }

    private static JsonObject result(JsonObject activation) {
        return activation.getAsJsonObject("response").getAsJsonObject("result");
    }

    private static List<String> lines(JsonObject activation) {
        return StreamSupport.stream(activation.getAsJsonArray("logs").spliterator(), false)
                .map(line -> line.getAsString())
                .toList();
    }

    private static List<String> annotations(JsonObject activation) {
        return StreamSupport.stream(activation.getAsJsonArray("annotations").spliterator(), false)
                .map(pair -> pair.getAsJsonObject().get("key").getAsString())
                .toList();
    }

    private static JsonElement annotation(JsonObject activation, String key) {
        return activation
                .getAsJsonArray("annotations")
                .get(annotations(activation).indexOf(key))
                .getAsJsonObject()
                .get("value");
    }
}
