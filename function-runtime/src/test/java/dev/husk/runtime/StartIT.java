package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.actions.Functions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the packaged runtime starts, and a confidential run in a process of its own. */
@Timeout(600)
class StartIT {

    @Test
    void withoutAGatewayItDoesNotStartUnlessItIsPlain() {
        try (var runtime = RuntimeProcess.start(Map.of())) {
            var logs = runtime.exited();

            assertThat(runtime.exitCode()).isEqualTo(2);
            assertThat(logs.err())
                    .contains("a runtime without a gateway must say --plain")
                    .contains("usage:");
        }
    }

    @Test
    void theS3ClientIsNotOnTheClassPath() throws IOException {
        try (var files = Files.list(Path.of("target", "lib"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(
                            name -> name.startsWith("minio") || name.startsWith("okhttp") || name.startsWith("okio"));
        }
    }

    @Test
    void aFunctionRunsUnderAContract() throws IOException {
        try (var gateway = FakeGateway.start();
                var runtime = RuntimeProcess.start(
                        Map.of(),
                        "--gateway",
                        gateway.url(),
                        "--log-key",
                        gateway.logKey(),
                        "--evidence",
                        "simulator:" + gateway.url())) {
            gateway.seal("anna-2025", "rows".getBytes(StandardCharsets.UTF_8));
            gateway.readKeys.put("anna-2025", new byte[32]);
            gateway.writeKeys.put("risk-model", new byte[32]);

            var init = runtime.init(
                    Functions.Capitals.class.getName(), ActionJar.base64(Functions.class, Functions.Capitals.class));
            assertThat(init.status()).as(init.text()).isEqualTo(200);
            var reply = runtime.post("/run", """
                    {"value":{"contract":"heart-risk","function":"train"},
                     "activation_id":"0123456789abcdef0123456789abcdef"}""");

            assertThat(reply.text()).isEqualTo("{\"bytes\":4,\"request\":{},\"parameters\":{}}");
            assertThat(gateway.calls).containsSequence("release", "put:risk-model", "run");
            var logs = runtime.stop();
            assertThat(logs.out()).contains("HUSK SIMULATED: ").contains("HUSK timing {\"hash\":");
            assertThat(logs.outSentinels()).isEqualTo(1);
        }
    }
}
