package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class PodTemplateTest {

    @Test
    void theClientThatOpenWhiskUsesLosesNoField() throws Exception {
        var read = new Load(LoadSettings.builder().build()).loadFromString(rebuilt(Deployment.text("action-pod.yaml")));

        contains(read, Deployment.yaml("action-pod.yaml"), "pod");
    }

    @Test
    void theTestWouldSeeALostField() {
        var pod = rebuilt("""
                apiVersion: v1
                kind: Pod
                spec:
                  securityContext:
                    seccompProfile:
                      type: RuntimeDefault
                """);

        assertThat(pod).contains("securityContext").doesNotContain("seccompProfile");
    }

    @Test
    void thereIsOneContainerAndItHasTheLiteralName() throws Exception {
        var containers = (List<?>) Deployment.at(Deployment.yaml("action-pod.yaml"), "spec", "containers");

        assertThat(containers).hasSize(1);
        assertThat(Deployment.at(containers, 0, "name")).isEqualTo("user-action");
    }

    @Test
    void nothingStandsThereThatOpenWhiskOverwrites() throws Exception {
        var pod = Deployment.yaml("action-pod.yaml");

        assertThat(Deployment.map(Deployment.at(pod, "metadata")).keySet()).isEqualTo(Set.of("annotations"));
        assertThat(Deployment.map(Deployment.at(pod, "spec", "containers", 0)).containsKey("image"))
                .isFalse();
        assertThat(Deployment.map(Deployment.at(pod, "spec", "containers", 0)).containsKey("env"))
                .isFalse();
        assertThat(Deployment.map(Deployment.at(pod, "spec", "containers", 0)).containsKey("resources"))
                .isFalse();
        assertThat(Deployment.map(Deployment.at(pod, "spec")).containsKey("restartPolicy"))
                .isFalse();
    }

    @Test
    void theOverheadIsLeftToTheRuntimeClass() throws Exception {
        assertThat(Deployment.map(Deployment.at(Deployment.yaml("action-pod.yaml"), "spec"))
                        .containsKey("overhead"))
                .isFalse();
    }

    @Test
    void usersAndGroupsAreExplicitAndNotRoot() throws Exception {
        var context = Deployment.map(Deployment.at(Deployment.yaml("action-pod.yaml"), "spec", "securityContext"));
        var user = (Integer) context.get("runAsUser");

        assertThat(user).isPositive();
        assertThat(context.get("runAsGroup")).isEqualTo(user);
        assertThat(context.get("supplementalGroups")).isEqualTo(List.of(user));
        assertThat(context.get("runAsNonRoot")).isEqualTo(true);
    }

    @Test
    void theContainerIsConfined() throws Exception {
        var context = Deployment.map(
                Deployment.at(Deployment.yaml("action-pod.yaml"), "spec", "containers", 0, "securityContext"));

        assertThat(context.get("allowPrivilegeEscalation")).isEqualTo(false);
        assertThat(context.get("readOnlyRootFilesystem")).isEqualTo(true);
        assertThat(context.get("capabilities")).isEqualTo(Map.of("drop", List.of("ALL")));
    }

    @Test
    void aPodIsReadyWhenTheRuntimeListens() throws Exception {
        var pod = Deployment.yaml("action-pod.yaml");

        assertThat(Deployment.at(pod, "spec", "containers", 0, "readinessProbe", "tcpSocket", "port"))
                .isEqualTo(8080);
        assertThat(Deployment.at(pod, "spec", "containers", 0, "readinessProbe", "periodSeconds"))
                .isEqualTo(1);
        assertThat(Deployment.argument("--port")).isEqualTo("8080");
    }

    /** As OpenWhisk does: parsed, and taken through the builder, which knows no field beyond its own. */
    private static String rebuilt(String yaml) {
        var pod = Serialization.unmarshal(yaml, Pod.class);
        return Serialization.asJson(new PodBuilder(pod)
                .editOrNewSpec()
                .withRestartPolicy("Always")
                .endSpec()
                .build());
    }

    private static void contains(@Nullable Object actual, @Nullable Object expected, String path) {
        if (expected instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                assertThat(Deployment.map(actual).containsKey(key))
                        .as(path + "." + key)
                        .isTrue();
                contains(Deployment.map(actual).get(key), value, path + "." + key);
            });
        } else if (expected instanceof List<?> list) {
            var other = actual instanceof List<?> all ? all : List.of();
            assertThat(other).as(path).hasSameSizeAs(list);
            for (int i = 0; i < list.size(); i++) {
                contains(other.get(i), list.get(i), path + "[" + i + "]");
            }
        } else {
            assertThat(actual).as(path).isEqualTo(expected);
        }
    }
}
