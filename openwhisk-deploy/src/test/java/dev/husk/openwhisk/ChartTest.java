package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What OpenWhisk's own chart makes of {@code helm-values.yaml}: values it does not know would be dropped silently. */
class ChartTest {

    @Test
    void theInvokerGetsTheManifestAsItIs() throws Exception {
        assertThat(JsonParser.parseString(Chart.variable(invoker(), "invoker", "RUNTIMES_MANIFEST")))
                .isEqualTo(Deployment.json("runtimes.json"));
        assertThat(JsonParser.parseString(Chart.variable(controller(), "controller", "RUNTIMES_MANIFEST")))
                .isEqualTo(Deployment.json("runtimes.json"));
    }

    @Test
    void theRuntimesRegistryOfTheChartDoesNotReplaceOurs() throws Exception {
        assertThat(Chart.variable(invoker(), "invoker", "CONFIG_whisk_containerFactory_runtimesRegistry_url"))
                .isEmpty();
        assertThat(Deployment.kinds())
                .allSatisfy(kind -> assertThat(kind.getAsJsonObject("image").has("registry"))
                        .isTrue());
    }

    @Test
    void systemPropertiesSayWhatTheConfigurationSays() throws Exception {
        var whisk = whisk();
        var properties = properties();

        assertThat(properties)
                .containsKeys(
                        "whisk.kubernetes.pod-template",
                        "whisk.kubernetes.timeouts.run",
                        "whisk.controller.activation.max-wait-for-blocking-activation",
                        "whisk.loadbalancer.timeout-addon",
                        "whisk.spi.LogStoreProvider")
                .doesNotContainKey("whisk.kubernetes.cpu-scaling");
        properties.forEach((name, value) -> {
            // The chart's own.
            if (!name.equals("whisk.spi.ContainerFactoryProvider")) {
                assertThat(same(whisk, name, value)).as(name).isTrue();
            }
        });
    }

    @Test
    void allOfTheConfigurationReachesTheCluster() throws Exception {
        var properties = properties();
        for (var entry : whisk().getConfig("whisk").entrySet()) {
            var path = entry.getKey();
            // Limits and the pool are values of the chart.
            if (!path.matches("(memory|time-limit|log-limit)\\..*|container-pool\\.user-memory")) {
                assertThat(properties).containsKey("whisk." + path);
            }
        }
    }

    @Test
    void limitsAndThePoolArriveInTheInvokerAndTheController() throws Exception {
        var whisk = whisk();
        for (var workload : List.of(Map.entry("invoker", invoker()), Map.entry("controller", controller()))) {
            for (var limit : List.of("min", "max", "std")) {
                assertThat(same(
                                whisk,
                                "whisk.memory." + limit,
                                Chart.variable(workload.getValue(), workload.getKey(), "CONFIG_whisk_memory_" + limit)))
                        .isTrue();
                assertThat(same(
                                whisk,
                                "whisk.log-limit." + limit,
                                Chart.variable(
                                        workload.getValue(), workload.getKey(), "CONFIG_whisk_logLimit_" + limit)))
                        .isTrue();
                assertThat(same(
                                whisk,
                                "whisk.time-limit." + limit,
                                Chart.variable(
                                        workload.getValue(), workload.getKey(), "CONFIG_whisk_timeLimit_" + limit)))
                        .isTrue();
            }
        }
        assertThat(same(
                        whisk,
                        "whisk.container-pool.user-memory",
                        Chart.variable(invoker(), "invoker", "CONFIG_whisk_containerPool_userMemory")))
                .isTrue();
    }

    @Test
    void onlyTheInvokerReachesActionPods() throws Exception {
        assertThat(Chart.documents(Chart.rendered()).stream()
                        .filter(document -> "NetworkPolicy".equals(document.get("kind"))))
                .isNotEmpty();
    }

    @Test
    void aDifferentValueWouldBeSeen() {
        assertThat(same(whisk(), "whisk.kubernetes.timeouts.run", "1m")).isFalse();
        assertThat(same(whisk(), "whisk.kubernetes.pod-template", "file:/x")).isFalse();
        assertThat(same(whisk(), "whisk.memory.max", "512m")).isFalse();
        assertThat(same(whisk(), "whisk.no-such-thing", "1")).isFalse();
    }

    private static Map<?, ?> invoker() throws Exception {
        return Chart.one(Chart.documents(Chart.rendered()), "StatefulSet", "owdev-invoker");
    }

    private static Map<?, ?> controller() throws Exception {
        return Chart.one(Chart.documents(Chart.rendered()), "StatefulSet", "owdev-controller");
    }

    /** The {@code -Dwhisk.} of both, as a shell splits them. */
    private static Map<String, String> properties() throws Exception {
        var properties = new TreeMap<String, String>();
        var options = Chart.variable(invoker(), "invoker", "INVOKER_OPTS") + " "
                + Chart.variable(controller(), "controller", "CONTROLLER_OPTS");
        for (var option : options.strip().split("\\s+")) {
            if (option.startsWith("-Dwhisk.")) {
                properties.put(option.substring(2, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
            }
        }
        return properties;
    }

    private static Config whisk() {
        return ConfigFactory.parseFile(new File("whisk.conf")).resolve();
    }

    /** Whether a text means what the configuration has: as a duration, a size, or letter by letter. */
    private static boolean same(Config whisk, String path, String text) {
        if (!whisk.hasPath(path)) {
            return false;
        }
        var other = ConfigFactory.parseMap(Map.of("value", text));
        try {
            return whisk.getDuration(path).equals(other.getDuration("value"));
        } catch (ConfigException e) {
            // No duration.
        }
        try {
            return whisk.getMemorySize(path).equals(other.getMemorySize("value"));
        } catch (ConfigException e) {
            return whisk.getString(path).equals(text);
        }
    }
}
