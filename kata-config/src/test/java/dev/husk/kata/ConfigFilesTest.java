package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

class ConfigFilesTest {
    private static final String BASE_PARAMETERS = "cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1";

    @Test
    void theDropInStatesTheKernelParametersOfTheBaseAgain() throws Exception {
        var qemu = dropIn(Files.readString(Path.of("drop-in/60-husk.toml")));

        assertThat(qemu.getString("hypervisor.qemu.kernel_params"))
                .isEqualTo(BASE_PARAMETERS + " agent.guest_components_rest_api=all")
                .isEqualTo(GuestCommandLine.PARAMETERS);
    }

    @Test
    void aPodCannotChangeWhatIsMeasured() throws Exception {
        var qemu = dropIn(Files.readString(Path.of("drop-in/60-husk.toml")));

        assertThat(qemu.getArrayOrEmpty("hypervisor.qemu.enable_annotations").toList())
                .isEqualTo(List.of("cc_init_data"));
        assertThat(qemu.getLong("hypervisor.qemu.default_vcpus")).isEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-snp.keys", "qemu-snp-runtime-rs.keys"})
    void everyKeyOfADropInIsOneOfKatas(String list) throws Exception {
        var known = keys(list);
        try (var files = Files.list(Path.of("drop-in"))) {
            assertThat(files).isNotEmpty().allSatisfy(file -> {
                assertThat(file.getFileName().toString()).matches("[5-8][0-9]-[a-z-]+\\.toml");
                assertThat(dropIn(Files.readString(file)).dottedKeySet()).isSubsetOf(known);
            });
        }
        assertThat(known).doesNotContain("hypervisor.qemu.kernel_parameters", "kernel_params");
    }

    @Test
    void whatTheShimsCallDifferentlyIsInNoDropInForBoth() throws Exception {
        assertThat(keys("qemu-snp.keys"))
                .contains("hypervisor.qemu.seccompsandbox", "runtime.create_container_timeout");
        assertThat(keys("qemu-snp-runtime-rs.keys"))
                .contains("hypervisor.qemu.seccomp_sandbox", "agent.kata.create_container_timeout")
                .doesNotContain("hypervisor.qemu.seccompsandbox", "runtime.create_container_timeout");
    }

    @Test
    void theRuntimeClassIsNamedAsItsHandler() throws Exception {
        var runtimeClass = yaml(Files.readString(Path.of("runtimeclass.yaml")));

        assertThat(runtimeClass.get("apiVersion")).isEqualTo("node.k8s.io/v1");
        assertThat(runtimeClass.get("kind")).isEqualTo("RuntimeClass");
        assertThat(runtimeClass.get("handler")).isEqualTo("kata-husk-snp");
        assertThat(runtimeClass.get("metadata")).isEqualTo(Map.of("name", "kata-husk-snp"));
    }

    @Test
    void theHelmValuesHoldTheSameDropInAndRuntimeClass() throws Exception {
        var values = yaml(Files.readString(Path.of("kata-deploy-values.yaml")));
        var ours = map(map(map(values, "customRuntimes"), "runtimes"), "husk-snp");

        assertThat(ours.get("baseConfig")).isEqualTo("qemu-snp");
        assertThat(map(map(values, "shims"), "qemu-snp").get("enabled")).isEqualTo(true);
        assertThat(dropIn(text(ours, "dropIn")).toJson())
                .isEqualTo(dropIn(Files.readString(Path.of("drop-in/60-husk.toml")))
                        .toJson());
        assertThat(yaml(text(ours, "runtimeClass"))).isEqualTo(yaml(Files.readString(Path.of("runtimeclass.yaml"))));
    }

    private static Set<String> keys(String list) throws IOException {
        try (var in = ConfigFilesTest.class.getResourceAsStream(list)) {
            return new String(Objects.requireNonNull(in, list).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .collect(Collectors.toSet());
        }
    }

    private static TomlParseResult dropIn(String text) {
        var toml = Toml.parse(text);
        assertThat(toml.errors()).isEmpty();
        return toml;
    }

    private static Map<?, ?> yaml(String text) throws IOException {
        var document =
                new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build()).loadFromString(text);
        return (Map<?, ?>) document;
    }

    private static Map<?, ?> map(Map<?, ?> map, String name) {
        return (Map<?, ?>) present(map, name);
    }

    private static String text(Map<?, ?> map, String name) {
        return (String) present(map, name);
    }

    private static Object present(Map<?, ?> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }
}
