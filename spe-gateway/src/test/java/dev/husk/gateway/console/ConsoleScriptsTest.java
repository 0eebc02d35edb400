package dev.husk.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page's scripts decide without a page, in Node: the checks of the log, and the words for it. */
class ConsoleScriptsTest {
    @ParameterizedTest
    @ValueSource(strings = {"lies.test.mjs", "vectors.test.mjs", "words.test.mjs"})
    void theirOwnTestsPass(String name) throws Exception {
        var vectors = Path.of(System.getProperty("husk.vectors"));
        if (!isOnPath("node")) {
            skip("put node (18 or later) on the PATH");
        }
        if (name.startsWith("vectors") && Files.notExists(vectors)) {
            skip("there are no vectors in " + vectors);
        }
        var test = Objects.requireNonNull(ConsoleScriptsTest.class.getResource("/console/" + name));
        var output = Files.createTempFile("husk-console", ".txt");
        var builder = new ProcessBuilder(
                "node", "--test", "--test-reporter=tap", Path.of(test.toURI()).toString());
        builder.environment().put("CONSOLE", ConsoleFileTest.folder().toString());
        builder.environment().put("VECTORS", vectors.toString());
        var node = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(node.waitFor(120, TimeUnit.SECONDS)).as("node has ended").isTrue();
        var said = Files.readString(output, StandardCharsets.UTF_8);
        Files.delete(output);
        assertThat(node.exitValue()).as(said).isZero();
        // An empty file passes as well.
        assertThat(said).containsPattern("# pass [1-9]");
    }

    private static void skip(String why) {
        var hint = "ConsoleScriptsTest does not run: " + why;
        System.out.println(hint);
        Assumptions.abort(hint);
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
