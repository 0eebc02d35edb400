package dev.husk.benchmark.coldstart;

import java.util.ArrayList;
import java.util.List;

/** What the image's argument file tells the JVM, but class path, archive and the places of natives. */
final class JvmOptions {
    private JvmOptions() {}

    static List<String> of(Subject.Program program, int release) {
        var options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData"));
        if (program != Subject.Program.STOCK) {
            options.add("--add-opens=java.base/java.util=ALL-UNNAMED");
            if (release >= 22) {
                options.add("--enable-native-access=ALL-UNNAMED");
            }
        }
        if (program == Subject.Program.ENGINES) {
            options.add("-Dai.djl.pytorch.graph_optimizer=false");
            options.add("-Dhusk.preload=" + PRELOAD);
        }
        return options;
    }

    /** Public static methods without parameters that load the engines. */
    static final String PRELOAD =
            "ai.djl.engine.Engine#getInstance,ai.onnxruntime.OrtEnvironment#getAvailableProviders";
}
