package dev.husk.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the built parts lie, below the project's folder.
 *
 * @param home the folder with {@code spe-gateway}, {@code function-runtime} and the others
 */
public record Installation(Path home) {

    public Installation {
        home = home.toAbsolutePath().normalize();
    }

    /** The installation that the system property {@code husk.home} names, or else the one this class was loaded from. */
    public static Installation find() throws StartFailedException {
        var named = System.getProperty("husk.home");
        if (named != null) {
            return new Installation(Path.of(named));
        }
        return above(codeSource());
    }

    static Installation above(Path place) throws StartFailedException {
        for (var folder = place.toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("spe-gateway"))
                    && Files.isDirectory(folder.resolve("function-runtime"))) {
                return new Installation(folder);
            }
        }
        throw new StartFailedException("no Husk installation above " + place + ": start Java with -Dhusk.home=FOLDER");
    }

    /** What the gateway is made of: its archive and its configuration. */
    List<Path> gatewayFiles() throws StartFailedException {
        var archive = home.resolve("spe-gateway/target/gateway.war");
        require(archive, "the gateway");
        return List.of(archive, liberty().resolve("usr/servers/gateway/server.xml"));
    }

    /** Open Liberty with the packaged gateway. */
    Path liberty() throws StartFailedException {
        var wlp = home.resolve("spe-gateway/target/liberty/wlp");
        require(wlp.resolve("bin/server"), "the gateway's server");
        require(wlp.resolve("usr/servers/gateway/server.xml"), "the gateway's configuration");
        return wlp;
    }

    /** The function runtime's own jar first, then its libraries by name. */
    public List<Path> runtimeClassPath() throws StartFailedException {
        var target = home.resolve("function-runtime/target");
        var own = jars(target, "function-runtime-").stream()
                .filter(jar -> !jar.toString().matches(".*-(sources|javadoc|tests)\\.jar"))
                .toList();
        var libraries = jars(target.resolve("lib"), "");
        if (own.isEmpty() || libraries.isEmpty()) {
            throw missing("the function runtime", own.isEmpty() ? target : target.resolve("lib"));
        }
        return joined(own, libraries);
    }

    /** {@link #runtimeClassPath}, DJL's jars and ONNX Runtime's, without those that the former holds already. */
    public List<Path> djlClassPath() throws StartFailedException {
        var runtime = runtimeClassPath();
        var names = runtime.stream().map(Path::getFileName).toList();
        var folder = home.resolve("functions/train/target/djl-lib");
        var djl = jars(folder, "");
        if (djl.isEmpty()) {
            throw missing("DJL", folder);
        }
        var onnx = jars(home.resolve("functions/infer/target/onnx-lib"), "");
        if (onnx.isEmpty()) {
            throw missing("ONNX Runtime", home.resolve("functions/infer/target/onnx-lib"));
        }
        return joined(
                joined(
                        runtime,
                        djl.stream()
                                .filter(jar -> !names.contains(jar.getFileName()))
                                .toList()),
                onnx);
    }

    /** The folder with libtorch. */
    public Path pytorch() throws StartFailedException {
        var folder = home.resolve("functions/train/target/pytorch");
        require(folder, "libtorch");
        return folder;
    }

    /** The folder with ONNX Runtime's libraries. */
    public Path onnxRuntime() throws StartFailedException {
        var folder = home.resolve("functions/infer/target/onnxruntime");
        require(folder, "ONNX Runtime");
        return folder;
    }

    /** The action archives that come with Husk, by function: {@code train}, {@code infer}, {@code peek}. */
    public Map<String, Path> functions() throws StartFailedException {
        return Map.of(
                "train", archive("train", "train-", false),
                "infer", archive("infer", "infer-", false),
                "peek", archive("infer", "infer-", true));
    }

    private Path archive(String module, String prefix, boolean peek) throws StartFailedException {
        var target = home.resolve("functions").resolve(module).resolve("target");
        return jars(target, prefix).stream()
                .filter(jar -> jar.toString().endsWith("-peek.jar") == peek)
                .findFirst()
                .orElseThrow(() -> missing("function " + module, target));
    }

    List<Path> s3ClassPath() throws StartFailedException {
        var folder = home.resolve("local-platform/target/s3");
        var jars = jars(folder, "");
        if (jars.isEmpty()) {
            throw missing("the S3 server", folder);
        }
        return jars;
    }

    private void require(Path path, String what) throws StartFailedException {
        if (!Files.exists(path)) {
            throw missing(what, path);
        }
    }

    private StartFailedException missing(String what, Path where) {
        return new StartFailedException(
                "%s is not built, nothing at %s: run mvn package in %s".formatted(what, where, home));
    }

    private static List<Path> jars(Path folder, String prefix) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)
                            && file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> joined(List<Path> first, List<Path> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    private static Path codeSource() throws StartFailedException {
        var source = Installation.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new StartFailedException("no Husk installation found: start Java with -Dhusk.home=FOLDER");
        }
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new StartFailedException("no Husk installation found: start Java with -Dhusk.home=FOLDER", e);
        }
    }
}
