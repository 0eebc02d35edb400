package dev.husk.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionSourceTest {
    @TempDir
    private Path folder;

    private static String action(String before, String body) {
        return before
                + "\npublic class Main { public static com.google.gson.JsonObject main(com.google.gson.JsonObject r) {"
                + body + "} }";
    }

    private JsonObject run(String entry, String source) throws Exception {
        try (var loader = ActionSource.of(source).open(folder)) {
            return (JsonObject) EntryPoint.resolve(entry, loader).call(new JsonObject());
        }
    }

    @Test
    void theDigestIsOverTheBytesOfTheFile() {
        var text = "class Snow { /* ❄ */ }\r\n\t\f";

        assertThat(ActionSource.of(text).digest()).isEqualTo(Digests.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void packagesNestedClassesAndLambdasWork() throws Exception {
        var source = action(
                "package a.b;",
                "Runnable x = () -> r.addProperty(\"n\", new Inner().n); x.run(); return r; } static class Inner { int n = 7;");

        assertThat(run("a.b.Main", source)).hasToString("{\"n\":7}");
        assertThat(folder).isDirectoryContaining("glob:**action.jar");
    }

    @Test
    void itSeesOfTheClassPathWhatActionsSee() throws Exception {
        assertThat(run("Main", action("import dev.husk.function.FunctionContext;", "return r;")))
                .isEqualTo(new JsonObject());
        for (var hidden : new String[] {"dev.husk.runtime.Main", "dev.husk.protocol.kbs.Jwe"}) {
            assertThatThrownBy(() -> run("Main", action("import " + hidden + ";", "return r;")))
                    .isInstanceOf(SourceErrorsException.class)
                    .hasMessageContaining("line 1: package " + hidden.substring(0, hidden.lastIndexOf('.')));
        }
    }

    @Test
    void warningsAreNoErrors() throws Exception {
        var source = action("import java.util.*;", "List a = new ArrayList(); a.add(1); new Date(1, 1, 1); return r;");

        assertThat(run("Main", source)).isEqualTo(new JsonObject());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "// nothing", "package a;", "module a {}", "public class Main {", "hello", "import a.B;"
            })
    void whatDeclaresNoClassOrDoesNotCompileIsSaid(String source) {
        assertThatThrownBy(() -> ActionSource.of(source).open(folder))
                .isInstanceOf(SourceErrorsException.class)
                .hasMessageStartingWith("the source does not compile: ");
    }

    @Test
    void whatOverwhelmsTheCompilerIsAnErrorLikeOthers() {
        for (var expression : new String[] {"(".repeat(100_000), "- ".repeat(100_000) + "1"}) {
            assertThatThrownBy(() -> ActionSource.of("class Main { int a = " + expression + "; }")
                            .open(folder))
                    .isInstanceOf(SourceErrorsException.class)
                    .hasMessageContaining("nested too deeply");
        }
    }

    @Test
    void errorsWithoutEndAreCut() {
        var source = "class Main {" + "int a = b;\n".repeat(5000) + "}";

        assertThatThrownBy(() -> ActionSource.of(source).open(folder))
                .isInstanceOfSatisfying(
                        SourceErrorsException.class, e -> assertThat(e.errors()).hasSize(20));
    }

    @Test
    void randomSourceCompilesOrIsRefusedCleanly() throws IOException {
        var random = new Random(44);
        var seed = action(
                "import java.util.*;", "int[] a = {1, 2}; for (int i : a) { r.addProperty(\"n\", i); } return r;");
        int refused = 0;
        for (int i = 0; i < 150; i++) {
            var text = new StringBuilder(seed);
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(i % 5 == 0 ? 0xD800 : 128));
            }
            try {
                ActionSource.of(text.toString()).open(folder).close();
            } catch (SourceErrorsException | IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith("the source ");
                refused++;
            }
        }
        assertThat(refused).isBetween(75, 150);
    }

    @Test
    void noBytesAreBothAJarAndASource() throws IOException {
        var jar = new ByteArrayOutputStream();
        jar.writeBytes("class Main {} /* ".getBytes(StandardCharsets.US_ASCII));
        var end = new ByteArrayOutputStream();
        try (var entries = new JarOutputStream(end)) {
            entries.putNextEntry(new JarEntry("a"));
        }
        jar.writeBytes(end.toByteArray());
        jar.writeBytes("*/".getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> ActionSource.of(jar.toString(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the source has the control character U+0003 at position 19");
    }

    @Test
    void longSourceIsRefusedUncompiled() {
        assertThat(ActionSource.of(" ".repeat(ActionSource.MAX_BYTES)).digest()).startsWith("sha256:");
        assertThatThrownBy(() -> ActionSource.of(" ".repeat(ActionSource.MAX_BYTES - 1) + "é"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer than 1048576 bytes: send a jar");
    }
}
