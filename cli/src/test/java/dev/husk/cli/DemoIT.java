package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Json;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole story through the real processes, in a JVM of its own as the launcher starts it. */
class DemoIT {
    @TempDir
    static Path home;

    private static JsonObject figures = new JsonObject();

    @BeforeAll
    static void runTheDemo() throws Exception {
        var out = Files.createTempFile(home, "demo", ".out");
        var err = Files.createTempFile(home, "demo", ".err");
        var project = Path.of(System.getProperty("husk.home"));
        var target = project.resolve("cli/target");
        var process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dhusk.home=" + project,
                "-cp",
                target.resolve("husk-cli.jar") + File.pathSeparator + target.resolve("lib") + "/*",
                "dev.husk.cli.Main",
                "demo",
                "--json");
        process.environment().put("HUSK_HOME", home.resolve("husk").toString());
        var started =
                process.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!started.waitFor(30, TimeUnit.MINUTES)) {
            started.destroyForcibly().waitFor();
        }
        assertThat(started.exitValue()).as(Files.readString(err)).isZero();
        figures = Json.parse(Files.readAllBytes(out), 16 << 20).getAsJsonObject();
    }

    @Test
    void bothHospitalsTogetherLearnMoreThanEitherAlone() {
        var accuracy = figures.getAsJsonObject("accuracy");
        double together = accuracy.get("together").getAsDouble();
        assertThat(together).isGreaterThan(0.95);
        assertThat(together).isGreaterThan(accuracy.get("anna-2025").getAsDouble());
        assertThat(together).isGreaterThan(accuracy.get("berta-2025").getAsDouble());
    }

    @Test
    void theModelPredictsPatientsThatItNeverSaw() {
        assertThat(figures.get("predictions").getAsInt()).isEqualTo(6);
        assertThat(figures.get("predictionsRight").getAsInt()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void openWhiskSawEnvelopesOfThePredictionAlone() {
        assertThat(figures.get("openWhiskSaw").getAsString().lines())
                .hasSize(2)
                .allMatch(line -> line.matches("OpenWhisk (took|gave back) +\\{\"sealed\":\"[\\w-]{40,}\\.\\..*"));
    }

    @Test
    void theStoreHoldsSealedObjectsWithTheDigestsThatTheOwnersDeposited() {
        var uploads = figures.getAsJsonObject("uploads");
        assertThat(uploads.keySet()).containsExactly("anna-2025", "berta-2025");
        for (var dataset : uploads.keySet()) {
            assertThat(uploads.getAsJsonObject(dataset).toString())
                    .contains("sha256:")
                    .contains("4855534b6f626a01"); // HUSKobj, format 1: what the store sees starts so
        }
    }

    @Test
    void theThreeAttacksAreRefusedForTheRightReasonAndStandInTheLog() {
        var refusals = figures.getAsJsonObject("refusals");
        assertThat(codes(refusals, "changedCode")).contains("CODE_MISMATCH", "BOUND_AS_PLAIN");
        assertThat(codes(refusals, "beyondGrant")).containsExactly("NOT_IN_GRANT");
        assertThat(codes(refusals, "afterSuspension")).containsExactly("CONTRACT_NOT_ACTIVE");
    }

    @Test
    void theLogIsCompleteAndVerified() {
        var log = figures.getAsJsonObject("log");
        assertThat(log.get("verified").getAsBoolean()).isTrue();
        var events = new ArrayList<String>();
        log.getAsJsonArray("events").forEach(event -> events.add(event.getAsString()));
        assertThat(events)
                .startsWith("proposed", "accepted", "accepted", "accepted", "key-deposited", "key-deposited")
                .endsWith("refused")
                .contains("invocation-key", "sandbox-bound", "released", "run", "suspended", "lease-ended");
        assertThat(events).filteredOn("refused"::equals).hasSize(3);
        assertThat(events).filteredOn("released"::equals).hasSize(3);
    }

    @Test
    void theModelIsProvenToComeFromTheContractsCodeAndData() {
        var proof = figures.getAsJsonObject("proof");
        assertThat(proof.get("proven").getAsBoolean()).isTrue();
        assertThat(proof.get("result").getAsString()).isEqualTo("risk-model");
        assertThat(proof.get("statement").toString()).contains("anna-2025", "berta-2025");
    }

    @Test
    void theColdStartIsMeasuredStepByStep() {
        assertThat(figures.getAsJsonObject("coldStart").keySet())
                .contains("hash", "evidence", "attest", "release", "verify", "function", "upload", "statement");
    }

    @Test
    void nothingIsLeftRunning() throws Exception {
        // The demo has ended; what it killed may take a moment to be gone.
        var deadline = Instant.now().plus(Duration.ofMinutes(2));
        while (!left().isEmpty()) {
            assertThat(Instant.now()).as("%s", left()).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        try (var files = Files.walk(home)) {
            assertThat(files.map(Path::toString).filter(name -> name.endsWith(".csv")))
                    .isEmpty();
        }
    }

    private static List<String> left() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(home.toString()))
                .toList();
    }

    private static List<String> codes(JsonObject refusals, String attack) {
        var codes = new ArrayList<String>();
        refusals.getAsJsonObject(attack)
                .getAsJsonArray("reasons")
                .forEach(
                        reason -> codes.add(reason.getAsJsonObject().get("code").getAsString()));
        return codes;
    }
}
