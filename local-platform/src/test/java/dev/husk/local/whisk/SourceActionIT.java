package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code wsk action create hello Hello.java --kind java-husk:default}, with the function runtime behind it. */
@Timeout(600)
class SourceActionIT {
    private static final String KIND = "java-husk:default";
    private static final String SOURCE = """
            import com.google.gson.JsonObject;

            public class %s {
                public static JsonObject main(JsonObject request) {
                    System.out.println("compiled ❄");
                    request.addProperty("greeting", "❄");
                    return request;
                }
            }
            """;

    @TempDir
    private Path folder;

    private static SandboxKind kind() {
        return new SandboxKind(
                KIND,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens",
                        "java.base/java.util=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx{memory}m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.husk.runtime.Main",
                        "--plain",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "{port}"),
                Map.of());
    }

    private static void create(Client client, String name, String source, String main) throws Exception {
        var exec = new JsonObject();
        exec.addProperty("kind", KIND);
        exec.addProperty("code", source);
        if (!main.isEmpty()) {
            exec.addProperty("main", main);
        }
        var body = new JsonObject();
        body.addProperty("namespace", "_");
        body.addProperty("name", name);
        body.add("exec", exec);
        var created = client.call("PUT", "actions/" + name + "?overwrite=false", body.toString())
                .is(200)
                .object();
        assertThat(created.getAsJsonObject("exec").get("binary").getAsBoolean()).isFalse();
    }

    @Test
    void sourceIsCompiledWhereItRuns() throws Exception {
        var config = new WhiskServer.Config(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder,
                Map.of(KIND, kind()),
                SandboxHooks.none(),
                Servers.limits(3));
        try (var server = WhiskServer.start(config, Clock.systemUTC(), Duration.ofSeconds(60))) {
            var client = new Client(server);
            create(client, "hello", SOURCE.formatted("Hello"), "Hello");
            create(client, "unnamed", SOURCE.formatted("Main"), "");
            create(client, "broken", "public class Main {\n  oops\n}", "");

            for (var name : new String[] {"hello", "unnamed"}) {
                var activation = client.invoke(name, "{\"n\":1}").is(200).object();
                assertThat(activation.getAsJsonObject("response").get("result"))
                        .hasToString("{\"n\":1,\"greeting\":\"❄\"}");
                assertThat(activation.get("logs").toString()).contains("compiled ❄");
            }
            var failed = client.invoke("broken", "{}").is(502).object();
            assertThat(failed.getAsJsonObject("response").get("status").getAsString())
                    .isEqualTo("action developer error");
            assertThat(failed.getAsJsonObject("response").toString()).contains("the source does not compile: line 2");
            assertThat(failed.get("logs").toString()).contains("stderr: line 2: <identifier> expected");
        }
    }
}
