package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchMeasurementTest {
    @TempDir
    Path folder;

    @Test
    void itFollowsContentAndOrderAndNothingElse() throws Exception {
        var a = Files.writeString(folder.resolve("a"), "one");
        var b = Files.writeString(folder.resolve("b"), "two");
        var copy = Files.writeString(folder.resolve("c"), "one");
        var measured = LaunchMeasurement.of(List.of(a, b));
        assertThat(measured).hasSize(48).isEqualTo(LaunchMeasurement.of(List.of(copy, b)));
        assertThat(LaunchMeasurement.of(List.of(b, a))).isNotEqualTo(measured);
        Files.writeString(a, "One");
        assertThat(LaunchMeasurement.of(List.of(a, b))).isNotEqualTo(measured);
    }
}
