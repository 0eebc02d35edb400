package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InvocationTest {
    @TempDir
    static Path folder;

    static WhiskServer server;
    static Client client;

    @BeforeAll
    static void start() throws IOException {
        server = WhiskServer.start(
                new WhiskServer.Config(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        folder,
                        Map.of("fake:default", FakeRuntime.kind("fake:default")),
                        SandboxHooks.none(),
                        new SandboxLimits(3, Duration.ofMinutes(10), Duration.ofSeconds(20), List.of())),
                Clock.systemUTC(),
                Duration.ofSeconds(30));
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
        var response = activation.getAsJsonObject("response");
        assertThat(response.get("status").getAsString()).isEqualTo("success");
        assertThat(response.getAsJsonObject("result").get("greeting").getAsString())
                .isEqualTo("Hello, Anna!");
        assertThat(activation.getAsJsonArray("logs"))
                .anySatisfy(line -> assertThat(line.getAsString()).matches("[0-9T:.-]{29}Z stdout: hello stdout"))
                .anySatisfy(line -> assertThat(line.getAsString()).endsWith(" stderr: hello stderr ❄"))
                .hasSize(2);
    }
}
