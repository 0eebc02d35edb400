package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifest says what wskdeploy reads ({@code parsers/yamlparser.go}), and agrees with the other files. */
class WskManifestTest {

    @Test
    void everyMemberIsOneThatWskdeployReads() throws Exception {
        var project = Deployment.map(Deployment.at(manifest(), "project"));
        assertThat(project.keySet()).isEqualTo(Set.of("name", "packages"));
        assertThat(heartRisk().keySet()).isEqualTo(Set.of("version", "license", "actions"));
        actions().forEach((name, action) -> {
            assertThat(action.keySet()).isEqualTo(Set.of("function", "runtime", "main", "limits", "inputs"));
            assertThat(Deployment.map(action.get("limits")).keySet())
                    .isEqualTo(Set.of("timeout", "memorySize", "logSize"));
        });
    }

    @Test
    void everyKindIsOneOfTheManifestsAndItsStemCellsFitTheAction() throws Exception {
        var memory = new TreeMap<String, String>();
        for (var kind : Deployment.kinds()) {
            memory.put(
                    kind.get("kind").getAsString(),
                    kind.getAsJsonArray("stemCells")
                            .get(0)
                            .getAsJsonObject()
                            .get("memory")
                            .getAsString());
        }
        actions()
                .forEach((name, action) -> assertThat(memory)
                        .containsEntry(
                                (String) action.get("runtime"), Deployment.at(action, "limits", "memorySize") + " MB"));
    }

    @Test
    void limitsAreWithinThoseOfOpenWhisk() throws Exception {
        var whisk = ConfigFactory.parseFile(new File("whisk.conf")).resolve().getConfig("whisk");
        actions().forEach((name, action) -> {
            assertThat((Integer) Deployment.at(action, "limits", "timeout")).isLessThanOrEqualTo((int)
                    whisk.getDuration("time-limit.max").toMillis());
            assertThat(Deployment.at(action, "limits", "logSize")).isEqualTo(0);
        });
    }

    @Test
    void namesMayBeLabelsOfAPod() throws Exception {
        assertThat(actions().keySet()).allMatch(name -> name.matches("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?"));
    }

    @Test
    void codeEntryAndParametersAreThoseOfTheExampleContract() throws Exception {
        var contract = Deployment.map(new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(Path.of("../docs/examples/heart-risk.yaml"))));
        var entries = new TreeMap<String, Object>();
        for (var function : (List<?>) Deployment.at(contract, "functions")) {
            entries.put((String) Deployment.at(function, "name"), Deployment.at(function, "entry"));
        }

        var actions = actions();
        assertThat(actions.keySet()).isEqualTo(entries.keySet());
        actions.forEach((name, action) -> {
            assertThat(action.get("main")).isEqualTo(entries.get(name));
            assertThat(action.get("inputs"))
                    .isEqualTo(Map.of("contract", Deployment.at(contract, "name"), "function", name));
            assertThat((String) action.get("function"))
                    .matches("\\.\\./functions/" + name + "/target/" + name + "-.*\\.jar");
        });
    }

    private static Map<?, ?> manifest() throws Exception {
        return Deployment.yaml("manifest.yaml");
    }

    private static Map<?, ?> heartRisk() throws Exception {
        return Deployment.map(Deployment.at(manifest(), "project", "packages", "heart-risk"));
    }

    private static Map<String, Map<?, ?>> actions() throws Exception {
        var actions = new TreeMap<String, Map<?, ?>>();
        Deployment.map(Deployment.at(heartRisk(), "actions"))
                .forEach((name, action) -> actions.put((String) name, Deployment.map(action)));
        return actions;
    }
}
