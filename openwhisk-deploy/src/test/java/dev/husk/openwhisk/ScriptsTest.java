package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scripts would run; nothing here has a cluster or a Docker engine. */
class ScriptsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"post-render", "deploy-kubernetes", "deploy-standalone"})
    void aScriptIsOneThatBashReadsAndStopsAtTheFirstFailure(String script) throws Exception {
        var text = Deployment.text(script);
        assertThat(text).startsWith("#!/usr/bin/env bash\n").contains("\nset -euo pipefail\n");
        assertThat(Path.of(script)).isExecutable();
        var outcome = Programs.run(folder, new byte[0], "bash", "-n", script);
        assertThat(outcome.exit()).as(outcome.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"post-render", "deploy-kubernetes", "deploy-standalone"})
    void shellcheckFindsNothing(String script) throws Exception {
        Programs.need("ScriptsTest", "shellcheck");
        var outcome = Programs.run(folder, new byte[0], "shellcheck", script);
        assertThat(outcome.exit()).as(outcome.out()).isZero();
    }

    @Test
    void aClusterGetsTheClassThenTheChartWithOurFilesThenIsWaitedFor() throws Exception {
        var chart = Chart.unpack(folder);
        var values = Files.writeString(folder.resolve("my values.yaml"), "{}");

        var lines = dryRun(
                "./deploy-kubernetes",
                "--chart",
                chart.toString(),
                "--kata-chart",
                "kata-deploy-4.1.0.tgz",
                "--values",
                values.toString());

        assertThat(lines).hasSize(6);
        assertThat(lines.get(0))
                .startsWith("helm upgrade --install kata-deploy kata-deploy-4.1.0.tgz --namespace kube-system ")
                .contains("/../kata-config/kata-deploy-values.yaml");
        assertThat(lines.get(1)).isEqualTo("kubectl get runtimeclass kata-husk-snp");
        assertThat(lines.get(2)).startsWith("cp -R " + chart);
        assertThat(lines.get(3)).contains("/runtimes.json").endsWith("/openwhisk/runtimes.json");
        assertThat(lines.get(4))
                .startsWith("helm upgrade --install owdev /")
                .contains("--namespace openwhisk --create-namespace")
                .containsSubsequence("/helm-values.yaml", "my\\ values.yaml", "--post-renderer /", "/post-render");
        assertThat(lines.get(5))
                .isEqualTo("kubectl --namespace openwhisk rollout status statefulset/owdev-invoker --timeout 15m");
    }

    @Test
    void aClusterThatHasTheClassIsLeftAsItIs() throws Exception {
        var chart = Chart.unpack(folder);
        var lines =
                dryRun("./deploy-kubernetes", "--chart", chart.toString(), "--release", "ow", "--namespace", "faas");

        assertThat(lines).noneMatch(line -> line.contains("kata-deploy"));
        assertThat(lines.get(lines.size() - 1)).contains("--namespace faas", "statefulset/ow-invoker");
        assertThat(lines).allSatisfy(line -> assertThat(line).doesNotContain("--values ''"));
    }

    @Test
    void everyFileThatAScriptNamesIsThere() throws Exception {
        assertThat(Path.of("../kata-config/kata-deploy-values.yaml")).exists();
        for (var file : List.of("helm-values.yaml", "runtimes.json", "post-render")) {
            assertThat(Deployment.text("deploy-kubernetes")).contains("$here/" + file);
            assertThat(Path.of(file)).exists();
        }
        assertThat(Deployment.text("deploy-standalone")).contains("$here/whisk-docker.conf", "$here/runtimes.json");
    }

    @Test
    void aMachineWithDockerGetsTheKindsWithImagesOfItsOwn() throws Exception {
        var jar = Files.createFile(folder.resolve("openwhisk-standalone.jar"));
        var data = folder.resolve("data");

        var lines = dryRun("./deploy-standalone", "--jar", jar.toString(), "--data", data.toString(), "--port", "4000");

        var manifest = JsonParser.parseString(Files.readString(data.resolve("runtimes.json")))
                .getAsJsonObject();
        var images = new ArrayList<String>();
        for (var family : manifest.getAsJsonObject("runtimes").entrySet()) {
            var kind = family.getValue().getAsJsonArray().get(0).getAsJsonObject();
            var image = kind.getAsJsonObject("image");
            assertThat(image.has("registry")).isFalse();
            images.add(image.get("prefix").getAsString() + "/"
                    + image.get("name").getAsString() + ":" + image.get("tag").getAsString());
            image.addProperty("registry", "registry.example.org");
        }
        assertThat(images).containsExactly("husk/java-husk:0.1.0", "husk/java-husk-djl:0.1.0");
        assertThat(lines.subList(0, 2))
                .allSatisfy(line -> assertThat(line).startsWith("docker image inspect"))
                .zipSatisfy(images, (line, image) -> assertThat(line).endsWith(image));
        assertThat(lines.get(2))
                .startsWith("exec java -jar " + jar + " --manifest " + data.resolve("runtimes.json"))
                .contains("/whisk-docker.conf --port 4000 --data-dir " + data);
        assertThat(manifest.getAsJsonObject("runtimes").keySet())
                .isEqualTo(Deployment.json("runtimes.json")
                        .getAsJsonObject("runtimes")
                        .keySet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "./deploy-kubernetes | --chart is missing",
                "./deploy-kubernetes --chart | --chart needs a value",
                "./deploy-kubernetes --chart /no/such | holds no Chart.yaml",
                "./deploy-kubernetes --chrt x | unknown argument --chrt",
                "./deploy-standalone | --jar is missing",
                "./deploy-standalone --jar /no/such.jar | no file /no/such.jar",
                "./deploy-standalone --jar deploy-standalone --port x | x is no port",
            })
    void whatIsMissingOrWrongIsSaid(String command, String words) throws Exception {
        var outcome = Programs.run(folder, new byte[0], command.split(" "));
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"./deploy-kubernetes", "./deploy-standalone"})
    void helpSaysEveryOption(String script) throws Exception {
        var outcome = Programs.run(folder, new byte[0], script, "--help");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).startsWith("usage: " + script.substring(2)).contains("--dry-run");
    }

    private List<String> dryRun(String... command) throws Exception {
        var all = new ArrayList<>(Arrays.asList(command));
        all.add("--dry-run");
        var outcome = Programs.run(folder, new byte[0], all.toArray(String[]::new));
        assertThat(outcome.exit()).as(outcome.err()).isZero();
        return outcome.out().lines().map(String::strip).toList();
    }
}
