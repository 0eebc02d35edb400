package dev.husk.openwhisk;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The chart of openwhisk-deploy-kube, rendered by Helm with our values, as {@code deploy-kubernetes} has it. */
final class Chart {
    private static @Nullable String rendered;

    private Chart() {}

    /** Unpacks the chart with our runtimes.json in it. */
    static Path unpack(Path folder) throws IOException {
        var chart = folder.resolve("openwhisk");
        try (var zip =
                new ZipInputStream(Objects.requireNonNull(Chart.class.getResourceAsStream("openwhisk-1.0.1.zip")))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                var file = chart.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (file.startsWith(chart)) {
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
        Files.writeString(chart.resolve("runtimes.json"), Deployment.text("runtimes.json"));
        return chart;
    }

    /** Once for all tests: it takes seconds. */
    static synchronized String rendered() throws IOException {
        var text = rendered;
        if (text == null) {
            var folder = Files.createTempDirectory("chart");
            try {
                text = new Helm(unpack(folder))
                        .template()
                        .withName("owdev")
                        .withNamespace("openwhisk")
                        .withValuesFile(Path.of("helm-values.yaml").toAbsolutePath())
                        .call();
            } finally {
                try (var files = Files.walk(folder)) {
                    files.sorted(java.util.Comparator.reverseOrder())
                            .forEach(file -> file.toFile().delete());
                }
            }
            rendered = text;
        }
        return text;
    }

    /** Every document of a stream, without the empty ones. */
    static List<Map<?, ?>> documents(String stream) {
        var documents = new ArrayList<Map<?, ?>>();
        for (var document : new Load(LoadSettings.builder().build()).loadAllFromString(stream)) {
            if (document != null) {
                documents.add(Deployment.map(document));
            }
        }
        return documents;
    }

    static Map<?, ?> one(List<Map<?, ?>> documents, String kind, String name) {
        var found = documents.stream()
                .filter(document ->
                        kind.equals(document.get("kind")) && name.equals(Deployment.at(document, "metadata", "name")))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " times " + kind + " " + name);
        }
        return found.get(0);
    }

    /** A variable of a container; a reference to elsewhere counts as none. */
    static String variable(Map<?, ?> workload, String container, String name) {
        for (var each : (List<?>) Deployment.at(workload, "spec", "template", "spec", "containers")) {
            if (container.equals(Deployment.at(each, "name"))) {
                for (var variable : (List<?>) Deployment.at(each, "env")) {
                    if (name.equals(Deployment.at(variable, "name"))) {
                        return (String) Deployment.at(variable, "value");
                    }
                }
            }
        }
        throw new AssertionError("no " + name + " of " + container);
    }

    static byte[] bytes() throws IOException {
        return rendered().getBytes(StandardCharsets.UTF_8);
    }
}
