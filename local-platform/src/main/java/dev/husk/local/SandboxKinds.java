package dev.husk.local;

import dev.husk.local.whisk.SandboxKind;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The kinds of sandbox that the local platform offers, with their class paths.
 *
 * @param plainClassPath of {@value #PLAIN}
 * @param djlClassPath of {@value #DJL}
 * @param pytorch the folder with libtorch
 * @param onnxRuntime the folder with ONNX Runtime's libraries
 */
record SandboxKinds(List<Path> plainClassPath, List<Path> djlClassPath, Path pytorch, Path onnxRuntime) {
    static final String PLAIN = "java-husk:default";

    /** With Deep Java Library, libtorch and ONNX Runtime. */
    static final String DJL = "java-husk-djl:default";

    /** The engines are loaded while the sandbox waits for its action. */
    private static final String PRELOAD =
            "-Dhusk.preload=ai.djl.engine.Engine#getInstance," + "ai.onnxruntime.OrtEnvironment#getAvailableProviders";

    static SandboxKinds in(Installation installation) throws StartFailedException {
        return new SandboxKinds(
                installation.runtimeClassPath(),
                installation.djlClassPath(),
                installation.pytorch(),
                installation.onnxRuntime());
    }

    Map<String, List<Path>> classPaths() {
        return Map.of(PLAIN, plainClassPath, DJL, djlClassPath);
    }

    /** The kinds as the OpenWhisk API takes them, the plain one first. */
    Map<String, SandboxKind> of(URI gateway, Optional<Path> authorities, String logKey) {
        var djl = Map.of(
                "DJL_OFFLINE", "true",
                "OMP_NUM_THREADS", "1",
                "ORT_DISABLE_TELEMETRY", "1",
                "PYTORCH_LIBRARY_PATH", pytorch.toString());
        var kinds = new LinkedHashMap<String, SandboxKind>();
        kinds.put(
                PLAIN,
                new SandboxKind(PLAIN, command(plainClassPath, List.of(), gateway, authorities, logKey), Map.of()));
        kinds.put(
                DJL, new SandboxKind(DJL, command(djlClassPath, List.of(PRELOAD), gateway, authorities, logKey), djl));
        return kinds;
    }

    private List<String> command(
            List<Path> classPath, List<String> options, URI gateway, Optional<Path> authorities, String logKey) {
        var command = new ArrayList<>(List.of(
                JavaCommand.java(),
                "-XX:+UseSerialGC",
                "-Xmx{memory}m",
                "--add-opens",
                "java.base/java.util=ALL-UNNAMED",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-Donnxruntime.native.path=" + onnxRuntime));
        if (JavaCommand.release() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                "dev.husk.runtime.Main",
                "--port",
                "{port}",
                "--host",
                "127.0.0.1",
                "--gateway",
                gateway.toString(),
                "--log-key",
                logKey));
        authorities.ifPresent(file -> command.addAll(List.of("--gateway-ca", file.toString())));
        return List.copyOf(command);
    }
}
