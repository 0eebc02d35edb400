package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledParentIT {
    private static final Path CACHE = Path.of("target/cache").toAbsolutePath();
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void nothingSurvivesASigkillOfTheParentAndTheNextStartWorks() throws Exception {
        var parent = parent();
        List<ProcessHandle> children;
        try {
            assertThat(readyLine(parent)).startsWith("ready ");
            children = parent.toHandle().descendants().toList();
            assertThat(children).hasSizeGreaterThan(5);
            assertThatThrownBy(() -> StateFolder.open(folder.resolve("state")).close())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("already runs on")
                    .hasMessageContaining("as process " + parent.pid() + ":");
        } finally {
            parent.destroyForcibly();
        }
        parent.onExit().get(2, TimeUnit.MINUTES);
        for (var child : children) {
            child.onExit().get(2, TimeUnit.MINUTES);
        }
        try (var state = StateFolder.open(folder.resolve("state"));
                var postgres = Postgres.start(
                        PostgresBinaries.unpackedIn(CACHE),
                        state,
                        Ports.ANY.chosen().postgres())) {
            assertThat(postgres.port()).isPositive();
        }
    }

    private Process parent() throws IOException {
        return new ProcessBuilder(
                        JavaCommand.java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoresMain.class.getName(),
                        folder.resolve("state").toString(),
                        CACHE.toString(),
                        HOME.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String readyLine(Process process) throws IOException {
        var line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        return line == null ? "ended" : line;
    }
}
