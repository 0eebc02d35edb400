package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions, packages, triggers, rules, the key, and what survives a restart. */
@Timeout(300)
class EntitiesApiTest {
    @TempDir
    Path folder;

    WhiskServer server;
    Client client;

    @BeforeEach
    void start() throws IOException {
        server = Servers.start(folder, Servers.limits(3));
        client = new Client(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anyoneMayAskWhatThisIsAndOnlyTheKeyOpensTheRest() throws Exception {
        var version = client.send(client.request("GET", "/api/v1", "")).is(200).object();
        assertThat(version.keySet()).contains("build", "buildno", "api_version", "api_version_path");
        assertThat(client.send(client.request("GET", "/", ""))
                        .is(200)
                        .object()
                        .getAsJsonObject("runtimes")
                        .has("fake"))
                .isTrue();
        var refusal = client.send(client.request("GET", "/api/v1/namespaces/_/actions", ""))
                .is(401);
        assertThat(refusal.header("WWW-Authenticate")).isEqualTo("Basic realm=\"OpenWhisk secure realm\"");
        assertThat(refusal.object().keySet()).containsExactly("error", "code");
        client.send(client.request("PUT", "/api/v1/namespaces/_/actions/a", "x".repeat(3_000_000))
                        .header("Authorization", "Basic eDp5"))
                .is(401);
        assertThat(client.send(client.request("GET", "/api/v1/namespaces", "")
                                .header("Authorization", client.authorization()))
                        .is(200)
                        .body())
                .isEqualTo("[\"guest\"]");
        client.send(client.request("GET", "/api/v1/namespaces/other/actions", "")
                        .header("Authorization", client.authorization()))
                .is(403);
    }

    @Test
    void anActionIsCreatedShownUpdatedListedAndDeleted() throws Exception {
        var created = client.create("hello", "aGVsbG8h", "{\"parameters\":[{\"key\":\"a\",\"value\":[1]}]}");
        assertThat(created.get("version").getAsString()).isEqualTo("0.0.1");
        assertThat(created.get("namespace").getAsString()).isEqualTo("guest");
        assertThat(created.getAsJsonObject("exec").get("binary").getAsBoolean()).isTrue();
        assertThat(created.getAsJsonArray("annotations").toString())
                .isEqualTo(
                        "[{\"key\":\"provide-api-key\",\"value\":false},{\"key\":\"exec\",\"value\":\"fake:default\"}]");
        assertThat(created.getAsJsonObject("limits").get("timeout").getAsInt()).isEqualTo(60000);
        client.call("PUT", "actions/hello?overwrite=false", created.toString()).is(409);

        var updated = client.call(
                        "PUT", "actions/hello?overwrite=true", "{\"limits\":{\"memory\":512},\"namespace\":\"_\"}")
                .is(200)
                .object();
        assertThat(updated.get("version").getAsString()).isEqualTo("0.0.2");
        assertThat(updated.getAsJsonObject("exec").get("code").getAsString()).isEqualTo("aGVsbG8h");
        assertThat(updated.get("parameters")).isEqualTo(created.get("parameters"));
        assertThat(updated.getAsJsonObject("limits").get("memory").getAsInt()).isEqualTo(512);

        assertThat(client.get("actions/hello?code=true").is(200).body()).contains("aGVsbG8h");
        var shown = client.get("actions/hello?code=false").is(200).object();
        assertThat(shown.getAsJsonObject("exec").keySet()).containsExactlyInAnyOrder("kind", "binary");
        assertThat(client.get("actions/hello?").is(200).body()).contains("aGVsbG8h");

        client.create("second", "x");
        var rows = client.get("actions?limit=0&skip=0").is(200).json().getAsJsonArray();
        assertThat(rows).hasSize(2);
        assertThat(rows.toString()).doesNotContain("aGVsbG8h");
        assertThat(client.get("actions?limit=1&skip=1").json().getAsJsonArray()).hasSize(1);
        assertThat(client.get("actions?count=true").body()).isEqualTo("{\"actions\":2}");

        client.call("DELETE", "actions/hello", "").is(200);
        client.get("actions/hello").is(404);
        client.call("DELETE", "actions/hello", "").is(404);
        client.call("POST", "actions/hello", "{}").is(404);
    }

    @Test
    void aPackageGivesItsParametersToItsActionsAndABindingOverridesThem() throws Exception {
        client.create("p/early", "echo", "{}", 404);
        var p = client.call(
                        "PUT",
                        "packages/p",
                        "{\"parameters\":[{\"key\":\"a\",\"value\":\"p\"},{\"key\":\"b\",\"value\":\"p\"}]}")
                .is(200)
                .object();
        assertThat(p.getAsJsonObject("binding")).isEqualTo(new JsonObject());
        var created = client.create("p/echo", "echo", "{\"parameters\":[{\"key\":\"c\",\"value\":\"action\"}]}");
        assertThat(created.get("namespace").getAsString()).isEqualTo("guest/p");
        client.call("PUT", "packages/b?overwrite=false", """
                        {"parameters":[{"key":"b","value":"b"}],"binding":{"namespace":"guest","name":"p"}}""").is(200);

        assertThat(result("p/echo", "{\"d\":\"call\"}"))
                .isEqualTo("{\"a\":\"p\",\"b\":\"p\",\"c\":\"action\",\"d\":\"call\"}");
        assertThat(result("b/echo", "{\"c\":\"call\"}")).isEqualTo("{\"a\":\"p\",\"b\":\"b\",\"c\":\"call\"}");
        var bound = client.invoke("b/echo", "{}").is(200).object().toString();
        assertThat(bound).contains("{\"key\":\"binding\",\"value\":\"guest/b\"}", "\"value\":\"guest/p/echo\"");

        assertThat(client.get("packages/b").is(200).object().getAsJsonArray("actions"))
                .hasSize(1);
        assertThat(client.get("actions/p/?limit=30&skip=0").json().getAsJsonArray())
                .hasSize(1);
        assertThat(client.get("actions/b/").json().getAsJsonArray()).hasSize(1);
        assertThat(client.get("packages").json().getAsJsonArray()).hasSize(2);
        client.create("b/more", "echo", "{}", 400);
        client.call("DELETE", "packages/p", "").is(409);
        client.call("DELETE", "packages/p?force=true", "").is(200);
        client.get("actions/p/echo").is(404);
        client.get("actions/b/echo").is(404);
        client.call("PUT", "packages/default", "{}").is(400);
        client.call("PUT", "packages/c", "{\"binding\":{\"namespace\":\"other\",\"name\":\"p\"}}")
                .is(403);
        client.call("PUT", "packages/c", "{\"binding\":{\"namespace\":\"_\",\"name\":\"none\"}}")
                .is(400);
    }

    @Test
    void finalParametersCannotBeOverridden() throws Exception {
        client.create("fixed", "echo", """
                {"annotations":[{"key":"final","value":true}],
                 "parameters":[{"key":"contract","value":"heart"},{"key":"open","value":null}]}""");
        client.invoke("fixed", "{\"contract\":\"mine\"}").is(400);
        assertThat(result("fixed", "{\"open\":1}")).isEqualTo("{\"contract\":\"heart\",\"open\":1}");
    }

    @Test
    void firingATriggerInvokesTheActionsOfItsActiveRules() throws Exception {
        client.create("target", "echo");
        client.call("PUT", "triggers/t", "{\"parameters\":[{\"key\":\"a\",\"value\":1}]}")
                .is(200);
        client.call("POST", "triggers/t", "{}").is(204);
        client.call("PUT", "rules/r", "{\"name\":\"r\",\"status\":\"\",\"trigger\":\"/_/t\",\"action\":\"/_/none\"}")
                .is(404);
        var rule = client.call("PUT", "rules/r", "{\"status\":\"\",\"trigger\":\"/_/t\",\"action\":\"/_/target\"}")
                .is(200)
                .object();
        assertThat(rule.get("status").getAsString()).isEqualTo("active");
        assertThat(rule.getAsJsonObject("action").toString()).isEqualTo("{\"path\":\"guest\",\"name\":\"target\"}");
        client.call("POST", "triggers/t", "{\"b\":2}").is(202);
        while (client.get("activations?name=target").json().getAsJsonArray().isEmpty()) {
            LockSupport.parkNanos(10_000_000);
        }
        var run = client.get("activations?name=target&docs=true").json().getAsJsonArray();
        assertThat(run.get(0).toString()).contains("\"result\":{\"a\":1,\"b\":2}", "\"cause\":");
        assertThat(client.get("triggers/t").object().getAsJsonObject("rules").has("guest/r"))
                .isTrue();
        client.call("POST", "rules/r", "{\"status\":\"inactive\",\"trigger\":null,\"action\":null}")
                .is(200);
        client.call("POST", "triggers/t", "{}").is(204);
        assertThat(client.get("rules").json().getAsJsonArray()).hasSize(1);
        assertThat(client.get("triggers").json().getAsJsonArray()).hasSize(1);
        client.call("DELETE", "rules/r", "").is(200);
        client.call("DELETE", "triggers/t", "").is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"exec\":{\"kind\":\"unknown:1\",\"code\":\"x\"}}",
                "{\"exec\":{\"kind\":\"sequence\",\"components\":[]}}",
                "{\"exec\":{\"code\":\"x\"}}",
                "{\"exec\":{\"kind\":\"fake:default\"}}",
                "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"x\"},\"limits\":{\"timeout\":99}}",
                "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"x\"},\"limits\":{\"memory\":1e9}}",
                "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"x\"},\"limits\":{\"logs\":0.5}}",
                "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"x\"},\"parameters\":[1]}",
                "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"x\"},\"version\":\"new\"}",
                "{}"
            })
    void aMalformedActionIsRefusedAndNothingIsKept(String body) throws Exception {
        var refusal = client.call("PUT", "actions/bad", body).is(400).object();
        assertThat(refusal.keySet()).containsExactly("error", "code");
        client.get("actions/bad").is(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%20x", "a%2Fb", "a%0Ab", "a$b", "x%20", "%", "a/b/c"})
    void aNameOutsideOfTheRulesIsRefused(String name) throws Exception {
        var body = "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"x\"}}";
        assertThat(client.raw("PUT", "/api/v1/namespaces/_/actions/" + name, body))
                .isBetween(400, 404);
    }

    @Test
    void namesMayHoldSpacesAndDots() throws Exception {
        client.create("my%20first.action%40home", "echo");
        assertThat(client.get("actions/my%20first.action%40home")
                        .is(200)
                        .object()
                        .get("name")
                        .getAsString())
                .isEqualTo("my first.action@home");
    }

    @Test
    void bodiesBeyondTheLimitAreRefused() throws Exception {
        client.create("echo", "echo");
        client.invoke("echo", "{\"a\":\"" + "x".repeat(2_000_000) + "\"}").is(413);
        client.call("PATCH", "actions/echo", "{}").is(405);
        client.call("POST", "packages/p", "{}").is(405);
        client.get("nothing").is(404);
    }

    @Test
    void entitiesAndTheKeySurviveARestart() throws Exception {
        client.call("PUT", "packages/p", "{}").is(200);
        var before = client.create("p/kept", "echo", "{\"parameters\":[{\"key\":\"a\",\"value\":1.50}]}");
        var auth = server.auth();
        server.close();
        server = Servers.start(folder, Servers.limits(3));
        client = new Client(server);
        assertThat(server.auth()).isEqualTo(auth).matches("[0-9a-f-]{36}:[A-Za-z0-9]{64}");
        assertThat(client.get("actions/p/kept").is(200).object()).isEqualTo(before);
        assertThat(server.toString()).doesNotContain(auth);
    }

    @Test
    void aDamagedFileStopsTheStartAndIsNamed() throws Exception {
        client.create("a", "echo");
        server.close();
        Path file;
        try (var files = Files.newDirectoryStream(folder.resolve("entities"), "*.json")) {
            file = files.iterator().next();
        }
        Files.writeString(file, Files.readString(file).substring(0, 40));
        assertThatThrownBy(() -> Servers.start(folder, Servers.limits(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.getFileName().toString());
        Files.delete(file);
        server = Servers.start(folder, Servers.limits(1));
    }

    @Test
    void aFolderInUseAndATakenPortAreNamed() throws Exception {
        assertThatThrownBy(() -> Servers.start(folder, Servers.limits(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
            var config = new WhiskServer.Config(
                    address, folder.resolve("other"), Map.of(), SandboxHooks.none(), SandboxLimits.defaults());
            assertThatThrownBy(() -> WhiskServer.start(config))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    private String result(String action, String body) throws Exception {
        return client.call("POST", "actions/" + action + "?blocking=true&result=true", body)
                .is(200)
                .body();
    }
}
