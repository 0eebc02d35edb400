package dev.husk.openwhisk;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Runs the scripts of this folder. */
final class Programs {
    record Outcome(int exit, String out, String err) {}

    private Programs() {}

    static Outcome run(Path folder, byte[] input, String... command) throws IOException, InterruptedException {
        var in = Files.write(Files.createTempFile(folder, "in", ""), input);
        var out = Files.createTempFile(folder, "out", "");
        var err = Files.createTempFile(folder, "err", "");
        int exit = new ProcessBuilder(List.of(command))
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        return new Outcome(
                exit, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    /** Ends the test, saying so, where each of these programs is missing. */
    static void need(String test, String... programs) {
        var path = System.getenv().getOrDefault("PATH", "");
        for (var program : programs) {
            if (Arrays.stream(path.split(File.pathSeparator))
                    .anyMatch(part -> Files.isExecutable(Path.of(part, program)))) {
                return;
            }
        }
        var hint = test + " does not run: put " + String.join(" or ", programs) + " on the PATH";
        System.out.println(hint);
        Assumptions.abort(hint);
    }
}
