package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NextStepsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsPrintedCanBeTypedInATerminalThatKnowsNothing() throws Exception {
        var train = Files.writeString(folder.resolve("train.jar"), "abc");
        var steps = new NextSteps(
                folder.resolve("my husk"), Optional.of(folder), folder.resolve("ark.der"), Map.of("train", train));

        var lines = steps.lines("http://127.0.0.1:3233", Map.of("java-husk:default", "ab12"));

        assertThat(lines)
                .contains(
                        "  export PATH='" + folder + "/my husk':$PATH HUSK_HOME=" + folder,
                        "  husk gateway pin --simulated-root " + folder + "/ark.der",
                        "  code of train   sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
                .anyMatch(line -> line.contains("launch measurement of java-husk:default") && line.contains("ab12"));
    }
}
