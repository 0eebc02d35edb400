package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.local.process.ChildOutput;
import dev.husk.local.process.ChildProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartProblemsTest {
    @TempDir
    Path folder;

    @Test
    void aTakenPortIsNamedWithThePartThatWantsIt() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> new Ports(port, 0, 0, 0).chosen())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("port " + port + ", wanted for the gateway, is taken");
        }
    }

    @Test
    void freePortsAreAllDifferentAndFixedOnesStay() throws Exception {
        var chosen = Ports.ANY.chosen();
        assertThat(Set.of(chosen.gateway(), chosen.whisk(), chosen.s3(), chosen.postgres()))
                .hasSize(4)
                .doesNotContain(0);
        assertThat(chosen.chosen()).isEqualTo(chosen);
        assertThatThrownBy(() -> new Ports(0, 65536, 0, 0)).hasMessage("no port: 65536");
    }

    @Test
    void whatIsNotBuiltIsNamedWithTheCommandThatBuildsIt() {
        var installation = new Installation(folder);
        assertThatThrownBy(installation::liberty)
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("the gateway's server is not built")
                .hasMessageContaining("run mvn package in " + folder);
        assertThatThrownBy(installation::runtimeClassPath).hasMessageContaining("the function runtime is not built");
        assertThatThrownBy(installation::s3ClassPath).hasMessageContaining("the S3 server is not built");
        assertThatThrownBy(installation::pytorch).hasMessageContaining("libtorch is not built");
        assertThatThrownBy(installation::onnxRuntime).hasMessageContaining("ONNX Runtime is not built");
    }

    @Test
    void theInstallationIsFoundAboveAnyPlaceInIt() throws Exception {
        Files.createDirectories(folder.resolve("spe-gateway"));
        Files.createDirectories(folder.resolve("function-runtime"));
        var deep = Files.createDirectories(folder.resolve("cli/target/lib"));
        assertThat(Installation.above(deep.resolve("local-platform.jar")).home())
                .isEqualTo(folder);
        assertThatThrownBy(() -> Installation.above(Path.of("/"))).hasMessageContaining("-Dhusk.home=FOLDER");
    }

    @Test
    void classPathsPutTheRuntimeFirstAndNoJarTwice() throws Exception {
        for (var jar : List.of(
                "function-runtime/target/function-runtime-1.jar",
                "function-runtime/target/function-runtime-1-sources.jar",
                "function-runtime/target/lib/gson.jar",
                "function-runtime/target/lib/a.jar",
                "functions/train/target/djl-lib/api.jar",
                "functions/train/target/djl-lib/gson.jar",
                "functions/infer/target/onnx-lib/onnx.jar")) {
            Files.createDirectories(folder.resolve(jar).resolveSibling("."));
            Files.createFile(folder.resolve(jar));
        }
        assertThat(new Installation(folder).djlClassPath())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("function-runtime-1.jar", "a.jar", "gson.jar", "api.jar", "onnx.jar");
    }

    @Test
    void aPartThatEndsWhileStartingSaysWhyInItsLastLinesThatMatter() throws Exception {
        var log = LogFile.open(folder.resolve("part.log"));
        var child = ChildProcess.start(
                List.of("/bin/sh", "-c", "echo fine; echo FATAL: no disk; echo bye; exit 3"),
                Map.of(),
                folder,
                new ChildOutput.ToFile(log.path()));
        var readiness =
                new Readiness("the part", log, line -> line.contains("FATAL"), line -> false, Duration.ofSeconds(20));
        assertThatThrownBy(() -> readiness.await(child, () -> false))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("the part ended while starting, with exit code 3:")
                .hasMessageContaining("FATAL: no disk")
                .hasMessageContaining(log.path().toString())
                .hasMessageNotContaining("fine");
    }

    @Test
    void aPartThatIsNeverReadyIsStoppedAtTheLimit() throws Exception {
        var log = LogFile.open(folder.resolve("part.log"));
        var child = ChildProcess.start(
                List.of("/bin/sh", "-c", "exec sleep 600"), Map.of(), folder, new ChildOutput.ToFile(log.path()));
        var readiness = new Readiness("the part", log, line -> false, line -> false, Duration.ZERO);
        assertThatThrownBy(() -> readiness.await(child, () -> false))
                .hasMessageContaining("the part is not ready after 0 seconds")
                .hasMessageContaining("it printed nothing");
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void aPartThatSaysItWillNeverServeIsNotWaitedFor() throws Exception {
        var log = LogFile.open(folder.resolve("part.log"));
        var child = ChildProcess.start(
                List.of("/bin/sh", "-c", "echo APP FAILED; exec sleep 600"),
                Map.of(),
                folder,
                new ChildOutput.ToFile(log.path()));
        var readiness =
                new Readiness("the part", log, line -> true, line -> line.contains("FAILED"), Duration.ofSeconds(60));
        assertThatThrownBy(() -> readiness.await(child, () -> false))
                .hasMessageContaining("the part cannot start:")
                .hasMessageContaining("APP FAILED");
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void aGatewayThatCannotStartIsReportedWithLibertysOwnErrors() throws Exception {
        var liberty = folder.resolve("wlp");
        Files.createDirectories(liberty.resolve("bin"));
        var server = Files.writeString(liberty.resolve("bin/server"), """
                #!/bin/sh
                echo "[AUDIT   ] CWWKE0001I: The server $2 has been launched."
                echo "[ERROR   ] CWWKZ0002E: An exception occurred: HUSK_EVIDENCE is not set"
                echo "output in $WLP_OUTPUT_DIR, port $HUSK_HTTP_PORT"
                exit 22
                """);
        Files.setPosixFilePermissions(server, PosixFilePermissions.fromString("rwx------"));
        try (var state = StateFolder.open(folder.resolve("state"))) {
            int port = Ports.ANY.chosen().gateway();
            assertThatThrownBy(() -> GatewayProcess.start(liberty, state, port, Optional.empty(), Map.of())
                            .close())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("the gateway ended while starting, with exit code 22")
                    .hasMessageContaining("HUSK_EVIDENCE is not set")
                    .hasMessageNotContaining("AUDIT");
            assertThat(state.path().resolve("logs/gateway.log"))
                    .content()
                    .contains("output in " + state.path().resolve("gateway") + ", port " + port);
        }
    }
}
