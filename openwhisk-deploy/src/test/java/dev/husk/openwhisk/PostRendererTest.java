package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's invoker reads action-pod.yaml where the configuration says it lies. */
class PostRendererTest {
    @TempDir
    Path folder;

    @Test
    void thePatchFitsTheChartsInvokerAndNothingElse() throws Exception {
        var kustomization = Deployment.yaml("post-renderer/kustomization.yaml");
        var target = Deployment.map(Deployment.at(kustomization, "patches", 0, "target"));
        var name = Pattern.compile((String) Deployment.at(target, "name"));

        var hit = Chart.documents(Chart.rendered()).stream()
                .filter(document -> Deployment.at(target, "kind").equals(document.get("kind")))
                .filter(document -> name.matcher((String) Deployment.at(document, "metadata", "name"))
                        .matches())
                .toList();

        assertThat(hit).singleElement().satisfies(invoker -> {
            assertThat((String) invoker.get("apiVersion")).startsWith(target.get("group") + "/");
            assertThat(container(invoker)).isEqualTo("invoker");
        });
        assertThat(container(Deployment.yaml("post-renderer/invoker.yaml"))).isEqualTo("invoker");
    }

    @Test
    void theMountIsWhereTheConfigurationLooks() throws Exception {
        var patch = Deployment.yaml("post-renderer/invoker.yaml");
        var mount = Deployment.at(patch, "spec", "template", "spec", "containers", 0, "volumeMounts", 0);
        var files = (List<?>)
                Deployment.at(Deployment.yaml("post-renderer/kustomization.yaml"), "configMapGenerator", 0, "files");

        assertThat((String) Deployment.at(Deployment.yaml("helm-values.yaml"), "invoker", "options"))
                .contains("-Dwhisk.kubernetes.pod-template=file:" + Deployment.at(mount, "mountPath") + "/"
                        + files.get(0) + " ");
    }

    @Test
    void theInvokerOfTheRenderedChartMountsTheTemplate() throws Exception {
        Programs.need("PostRendererTest", "kubectl", "kustomize");
        var outcome = Programs.run(folder, Chart.bytes(), "./post-render");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        var before = Chart.documents(Chart.rendered());
        var after = Chart.documents(outcome.out());
        assertThat(after).hasSize(before.size() + 1);
        var spec = Deployment.at(Chart.one(after, "StatefulSet", "owdev-invoker"), "spec", "template", "spec");
        var volume = Deployment.at(spec, "volumes", 0);
        assertThat(Deployment.at(volume, "name")).isEqualTo("husk-action-pod");
        assertThat(Deployment.at(spec, "containers", 0, "volumeMounts"))
                .isEqualTo(List.of(Map.of("name", "husk-action-pod", "mountPath", "/etc/openwhisk", "readOnly", true)));
        var map = Chart.one(after, "ConfigMap", (String) Deployment.at(volume, "configMap", "name"));
        assertThat(Deployment.at(map, "data", "action-pod.yaml")).isEqualTo(Deployment.text("action-pod.yaml"));
        assertThat(Chart.variable(Chart.one(after, "StatefulSet", "owdev-invoker"), "invoker", "INVOKER_OPTS"))
                .isEqualTo(
                        Chart.variable(Chart.one(before, "StatefulSet", "owdev-invoker"), "invoker", "INVOKER_OPTS"));
    }

    @Test
    void aChartWhoseInvokerIsAnotherIsRefused() throws Exception {
        Programs.need("PostRendererTest", "kubectl", "kustomize");
        var other = Chart.rendered().replace("kind: StatefulSet", "kind: DaemonSet");

        var outcome = Programs.run(folder, other.getBytes(StandardCharsets.UTF_8), "./post-render");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("post-render: no invoker got action-pod.yaml");
    }

    private static Object container(Map<?, ?> workload) {
        return Deployment.at(workload, "spec", "template", "spec", "containers", 0, "name");
    }
}
