package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that goes to a cluster is what Kubernetes knows, field by field. */
class SchemaTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"action-pod.yaml", "post-renderer/invoker.yaml"})
    void aFileHasNoUnknownField(String file) throws Exception {
        assertThat(Strictly.read(Deployment.yaml(file)).getMetadata()).isNotNull();
    }

    @Test
    void whatThePostRendererWritesHasNoUnknownField() throws Exception {
        Programs.need("SchemaTest", "kubectl", "kustomize");
        var outcome = Programs.run(folder, Chart.bytes(), "./post-render");
        var documents = Chart.documents(outcome.out());

        var map = documents.stream()
                .filter(document ->
                        Deployment.at(document, "metadata", "name").toString().startsWith("husk-action-pod-"))
                .findFirst()
                .orElseThrow();
        assertThat(Strictly.read(map).getKind()).isEqualTo("ConfigMap");
        assertThat(Strictly.read(Chart.one(documents, "StatefulSet", "owdev-invoker"))
                        .getKind())
                .isEqualTo("StatefulSet");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{apiVersion: v1, kind: Pod, spec: {runtimeClasName: kata}}",
                "{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, securityContext: {seccompProfile: {}}}]}}",
                "{apiVersion: v1, kind: Pod, spec: {automountServiceAccountToken: \"no\"}}",
                "{apiVersion: v1, kind: Pod, spec: {containers: {name: a}}}",
                "{apiVersion: v1, kind: Pod, containers: []}",
            })
    void aFieldThatIsUnknownOrOfAnotherTypeIsSeen(String yaml) {
        Map<?, ?> document = Chart.documents(yaml).get(0);

        assertThatThrownBy(() -> Strictly.read(document)).isInstanceOf(JsonProcessingException.class);
    }
}
