package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigMemorySize;
import dev.husk.kata.InitData;
import dev.husk.kata.MalformedInitDataException;
import dev.husk.protocol.log.VerifierKey;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ConsistencyTest {

    @Test
    void theTemplateCarriesTheInitdataOfItsCommandAndTheManifestsImages() throws Exception {
        var annotation = (String)
                Deployment.at(Deployment.yaml("action-pod.yaml"), "metadata", "annotations", Deployment.INIT_DATA);
        var expected = Deployment.initData();

        assertThat(textOf(annotation))
                .as("the annotation %s should be %s", Deployment.INIT_DATA, expected.annotation())
                .isEqualTo(expected.text());
    }

    @Test
    void thePolicyPinsEveryImageAndTheCommand() throws Exception {
        var annotation = (String)
                Deployment.at(Deployment.yaml("action-pod.yaml"), "metadata", "annotations", Deployment.INIT_DATA);
        var policy = InitData.ofAnnotation(annotation).files().getOrDefault("policy.rego", "");

        for (var kind : Deployment.kinds()) {
            assertThat(policy).contains('"' + Deployment.image(kind) + '"');
        }
        for (var word : Deployment.command()) {
            assertThat(policy).contains('"' + word + '"');
        }
    }

    @Test
    void theCommandStartsTheRuntimeWithAGateway() throws Exception {
        assertThat(Deployment.command()).contains("dev.husk.runtime.Main").doesNotContain("--plain");
        assertThat(VerifierKey.parse(Deployment.argument("--log-key")).name()).isEqualTo("gateway.example.org/log");
        assertThat(Deployment.argument("--evidence")).isEqualTo("agent:http://127.0.0.1:8006");
        assertThat(Deployment.argument("--gateway")).startsWith("https://");
    }

    @Test
    void theEnvironmentIsGivenForEveryKind() throws Exception {
        assertThat(Deployment.json("image-environment.json").keySet())
                .containsExactlyElementsOf(Deployment.kinds().stream()
                        .map(kind -> kind.get("kind").getAsString())
                        .toList());
    }

    @Test
    void theRuntimeClassIsTheOneOfKataConfig() throws Exception {
        var runtimeClass = new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(Path.of("../kata-config/runtimeclass.yaml")));
        var pod = Deployment.yaml("action-pod.yaml");

        assertThat(Deployment.at(pod, "spec", "runtimeClassName"))
                .isEqualTo(Deployment.at(runtimeClass, "metadata", "name"));
        assertThat(Deployment.at(pod, "metadata", "annotations", "io.containerd.cri.runtime-handler"))
                .isEqualTo(Deployment.at(runtimeClass, "handler"));
    }

    @Test
    void theConfigurationKeepsOneMeasurementAndWaitsForASandbox() throws Exception {
        var whisk = whisk();

        assertThat(whisk.hasPath("kubernetes.cpu-scaling")).isFalse();
        assertThat(whisk.getDuration("kubernetes.timeouts.run")).isGreaterThan(Duration.ofMinutes(1));
        assertThat(whisk.getString("kubernetes.pod-template"))
                .startsWith("file:/")
                .endsWith("/action-pod.yaml");
        assertThat(whisk.getString("spi.LogStoreProvider")).endsWith(".LogDriverLogStoreProvider");
    }

    @Test
    void stemCellsFitTheMemoryLimitsAndThePool() throws Exception {
        var whisk = whisk();
        long all = 0;
        for (var kind : Deployment.kinds()) {
            for (var element : kind.getAsJsonArray("stemCells")) {
                var cell = element.getAsJsonObject();
                var text = cell.get("memory").getAsString();
                long bytes = Long.parseLong(text.substring(0, text.indexOf(' '))) << 20;
                assertThat(bytes).isBetween(bytes(whisk, "memory.min"), bytes(whisk, "memory.max"));
                all += bytes * cell.getAsJsonObject("reactive").get("maxCount").getAsInt();
            }
        }
        assertThat(all).isLessThanOrEqualTo(bytes(whisk, "container-pool.user-memory"));
    }

    @Test
    void helmSaysTheSameAsTheConfiguration() throws Exception {
        var whisk = whisk();
        var values = Deployment.yaml("helm-values.yaml");
        for (var limit : new String[] {"min", "max", "std"}) {
            assertThat(size((String) Deployment.at(values, "whisk", "limits", "actions", "memory", limit)))
                    .isEqualTo(bytes(whisk, "memory." + limit));
            assertThat(size((String) Deployment.at(values, "whisk", "limits", "actions", "log", limit)))
                    .isEqualTo(bytes(whisk, "log-limit." + limit));
        }
        assertThat(size((String) Deployment.at(values, "whisk", "containerPool", "userMemory")))
                .isEqualTo(bytes(whisk, "container-pool.user-memory"));
        assertThat(Deployment.at(values, "whisk", "runtimes")).isEqualTo("runtimes.json");
        assertThat(Deployment.at(values, "invoker", "containerFactory", "impl")).isEqualTo("kubernetes");
    }

    @Test
    void theExampleCertificateIsOne() throws Exception {
        try (var in = Files.newInputStream(Path.of("gateway-ca.pem"))) {
            assertThat(CertificateFactory.getInstance("X.509").generateCertificate(in))
                    .isNotNull();
        }
    }

    private static String textOf(String annotation) {
        try {
            return InitData.ofAnnotation(annotation).text();
        } catch (MalformedInitDataException e) {
            return e.toString();
        }
    }

    private static Config whisk() {
        return ConfigFactory.parseFile(new File("whisk.conf")).resolve().getConfig("whisk");
    }

    private static long bytes(Config config, String path) {
        ConfigMemorySize size = config.getMemorySize(path);
        return size.toBytes();
    }

    private static long size(String text) {
        return ConfigFactory.parseString("size = " + text).getMemorySize("size").toBytes();
    }
}
