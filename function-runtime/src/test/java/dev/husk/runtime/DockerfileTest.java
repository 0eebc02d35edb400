package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Dockerfile, which no test builds, against the script that makes the image. */
class DockerfileTest {
    private static final Path IMAGE = Path.of("image");

    private static String dockerfile() throws IOException {
        return Files.readString(IMAGE.resolve("Dockerfile")).replace("\\\n", "");
    }

    /** The instructions of a stage, each a line. */
    private static List<String> stage(String name) throws IOException {
        var lines = dockerfile().lines().toList();
        int start = lines.indexOf("FROM scratch AS " + name);
        assertThat(start).as("the stage %s", name).isNotNegative();
        return lines.subList(start + 1, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("FROM "))
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static String only(List<String> stage, String instruction) {
        var found = stage.stream()
                .filter(line -> line.startsWith(instruction + " "))
                .toList();
        assertThat(found).as(instruction).hasSize(1);
        return found.get(0).substring(instruction.length() + 1);
    }

    /** What the script says of a member of the image's configuration. */
    private static String built(String pattern) throws IOException {
        var script = Files.readString(IMAGE.resolve("build"));
        var found = Pattern.compile(pattern).matcher(script);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java-husk", "java-husk-djl"})
    void aStageStartsTheSameAsWhatIsBuilt(String variant) throws IOException {
        var stage = stage(variant);

        assertThat(only(stage, "USER")).isEqualTo(built("User: \"([0-9:]+)\""));
        assertThat(only(stage, "WORKDIR")).isEqualTo(built("WorkingDir: \"([^\"]+)\""));
        assertThat(only(stage, "EXPOSE") + "/tcp").isEqualTo(built("ExposedPorts: \\{\"([^\"]+)\""));
        assertThat(only(stage, "ENTRYPOINT")).isEqualTo(built("Entrypoint: (\\[.*])"));
        assertThat(only(stage, "CMD")).isEqualTo(built("Cmd: (\\[.*])"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java-husk", "java-husk-djl"})
    void aStageSetsTheVariablesThatThePolicyPins(String variant) throws IOException {
        Map<String, String> set = new TreeMap<>();
        stage(variant).stream()
                .filter(line -> line.startsWith("ENV "))
                .map(line -> line.substring("ENV ".length()).split("=", 2))
                .forEach(pair -> set.put(pair[0], pair[1]));
        Map<String, String> pinned = new TreeMap<>();
        JsonParser.parseString(Files.readString(Path.of("../openwhisk-deploy/image-environment.json")))
                .getAsJsonObject()
                .getAsJsonObject(variant + ":default")
                .entrySet()
                .forEach(entry -> pinned.put(entry.getKey(), entry.getValue().getAsString()));

        assertThat(set).isEqualTo(pinned);
    }

    @Test
    void itLinksTheSameModulesAndTakesTheSamePackages() throws IOException {
        assertThat(dockerfile()).contains("--add-modules " + built("--add-modules (\\S+)"));
        for (var name : built("packages=\\((.*)\\)").split(" ")) {
            assertThat(dockerfile()).containsPattern("download .*\\b" + Pattern.quote(name) + "\\s");
        }
    }

    @Test
    void everyFolderThatIsBuiltIsCopied() throws IOException {
        for (var folder : built("pack husk (.*)").split(" ")) {
            assertThat(stage("java-husk"))
                    .as(folder)
                    .anyMatch(line -> line.startsWith("COPY ") && ('/' + folder).startsWith(line.split(" ")[3]));
        }
        for (var folder : built("pack djl (.*);").split(" ")) {
            assertThat(stage("java-husk-djl"))
                    .as(folder)
                    .anyMatch(line -> line.startsWith("COPY ") && ('/' + folder).startsWith(line.split(" ")[3]));
        }
    }
}
