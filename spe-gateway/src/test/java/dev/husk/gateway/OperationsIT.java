package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.local.Backing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operators see of a gateway that works: health, figures, a log that says nothing it should not. */
class OperationsIT {
    private static final String METRICS_TOKEN = "the-token-of-the-figures";

    private static Backing backing;
    private static GatewayServer server;

    @BeforeAll
    static void start() throws Exception {
        var folder = GatewayServer.fresh("operations");
        backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        settings.put("HUSK_METRICS_TOKEN", METRICS_TOKEN);
        settings.put("HUSK_TYPO", "1");
        server = GatewayServer.start(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        backing.close();
    }

    @Test
    void healthTellsLiveReadyAndStartedApart() throws Exception {
        for (var kind : List.of("live", "ready", "started")) {
            assertThat(Http.get("health/" + kind, Map.of()).json().get("status").getAsString())
                    .as(kind)
                    .isEqualTo("UP");
        }
    }

    @Test
    void theFiguresAreForTheHolderOfTheirTokenAndCountDecisions() throws Exception {
        assertThat(Http.get("metrics", Map.of()).status()).isEqualTo(401);
        assertThat(Http.get("metrics", Map.of("Authorization", "Bearer wrong")).status())
                .isEqualTo(401);
        // One of its two handshakes is never finished.
        run("figures");
        // An answer may be here before its figure.
        var deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (!figures().contains("husk_request_seconds_bucket{route=\"release\",status=\"2xx\",le=\"0.5\"}")) {
            assertThat(Instant.now()).as("no figure of a release").isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        assertThat(figures())
                .contains("husk_attestations_total{verdict=\"simulated\"}")
                .containsPattern("husk_sessions_total\\{state=\"begun\"} \\d")
                .containsPattern("husk_sessions_total\\{state=\"attested\"} \\d")
                .containsPattern("husk_sessions_open [1-9]")
                .contains("husk_releases_total{what=\"release\"}")
                .contains("husk_refusals_total{code=\"NOT_IN_GRANT\",what=\"key\"}")
                .contains("husk_request_seconds_bucket{route=\"release\",status=\"2xx\",le=\"0.5\"}")
                .containsPattern("husk_log_entries \\d\\d")
                .doesNotContain("figures\"", "hospital-a");
    }

    @Test
    void theLogHasOneLineForEachDecisionAndNoSecrets() throws Exception {
        var secrets = run("log-lines");
        secrets.add(METRICS_TOKEN);
        secrets.add(backing.databasePassword());
        secrets.addAll(List.of("secret-key-of-the-store", "access-key-of-the-store", "ltpa-password-of-the-test"));
        var lines = awaitDecisions("log-lines", 2);
        var log = server.console();
        for (var secret : secrets) {
            assertThat(log).doesNotContain(secret);
        }
        // Nor anybody's name or parameters.
        assertThat(log).doesNotContain("algo-lab", "hospital-a", "epochs");
        assertThat(log).contains("not a setting of the gateway: HUSK_TYPO");
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("{\"type\":\"husk_decision\"")
                        .contains("\"sandbox\":\"sha256:"));
        assertThat(lines.get(0))
                .contains("\"what\":\"release\",\"outcome\":\"granted\"")
                .contains("\"activation\":\"0123456789abcdef0123456789abcdef\"");
        assertThat(lines.get(1)).contains("\"outcome\":\"refused\"").contains("\"reasons\":[\"NOT_IN_GRANT\"]");
    }

    @Test
    void anOrdinaryRunLeavesNoFailureReports() throws Exception {
        run("no-reports");
        assertThat(server.failureReports()).isEmpty();
    }

    @Test
    void aGatewayThatIsToldToEndSaysSoBeforeItStopsAnswering() throws Exception {
        var folder = GatewayServer.fresh("drained");
        var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        settings.put("HUSK_DRAIN", "600");
        settings.put("HUSK_STATE_KEY_FILE", server.folder.resolve("state.key").toString());
        try (var drained = GatewayServer.start(folder, settings)) {
            drained.terminate();
            drained.awaitNotReady();
            assertThat(Http.get("health/live", Map.of()).status()).isEqualTo(200);
            var answer = Http.get("log/checkpoint", Map.of());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(new TestSandbox().attest(TestContract.CODE).status()).isEqualTo(200);
            // Told again, it waits no longer.
            drained.terminate();
            assertThat(drained.awaitEnd()).isEqualTo(143);
        }
    }

    private static String figures() throws Exception {
        return Http.get("metrics", Map.of("Authorization", "Bearer " + METRICS_TOKEN))
                .body();
    }

    /** The lines about a contract, once there are as many as are expected. */
    private static List<String> awaitDecisions(String contract, int count) throws Exception {
        var deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (true) {
            var lines = server.console()
                    .lines()
                    .filter(line -> line.startsWith("{\"type\":\"husk_decision\"") && line.contains(contract))
                    .distinct()
                    .toList();
            if (lines.size() >= count) {
                return lines;
            }
            assertThat(Instant.now()).as("%s", lines).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** Attestation, a release, a refusal; gives what must stay secret. */
    private static List<String> run(String name) throws Exception {
        var heart = TestContract.named(name).active();
        var sandbox = new TestSandbox();
        var session = TestSandbox.auth();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var parameters = new JsonObject();
        parameters.addProperty("epochs", 7);
        var invocation = heart.invocation("algo-lab", parameters);
        assertThat(sandbox.release(name, "train", invocation).status()).isEqualTo(200);
        assertThat(sandbox.key(name, "risk-model").status()).isEqualTo(403);
        return new ArrayList<>(List.of(
                sandbox.token,
                session.cookie(),
                session.nonce(),
                invocation,
                ServerUnderTest.issuer().token("hospital-a").split("\\.")[2]));
    }
}
