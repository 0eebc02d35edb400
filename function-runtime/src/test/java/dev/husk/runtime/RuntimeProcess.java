package dev.husk.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The packaged runtime in a process of its own, as a platform starts it: from its jars, or, where the environment names
 * an image in {@value #IMAGE}, in a container of that image on the machine's Docker engine.
 */
final class RuntimeProcess implements AutoCloseable {
    static final String IMAGE = "HUSK_IMAGE";

    /** A folder for the classes that each container loads, as {@code image/record-classes} wants them. */
    private static final String CLASS_LISTS = "HUSK_CLASS_LISTS";

    private static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

    /** Options of {@code docker run} that take from a container what the agent policy takes from it as well. */
    static final List<String> CONFINED = List.of(
            "--network=host",
            "--read-only",
            "--tmpfs=/tmp",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--user=10001:10001");

    private final Process process;
    private final int port;
    private final Optional<String> container;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RuntimeProcess(Process process, int port, Optional<String> container) {
        this.process = process;
        this.port = port;
        this.container = container;
        this.out = collect(process.getInputStream());
        this.err = collect(process.getErrorStream());
    }

    private static CompletableFuture<String> collect(InputStream in) {
        return CompletableFuture.supplyAsync(() -> {
            try (in) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * The Java that runs the packaged runtime: another one than this where the system property
     * {@code husk.runtime.java}, or the variable {@code HUSK_RUNTIME_JAVA}, names its home.
     */
    static Path java() {
        var home = Optional.ofNullable(System.getProperty("husk.runtime.java"))
                .or(() -> Optional.ofNullable(System.getenv("HUSK_RUNTIME_JAVA")))
                .orElseGet(() -> System.getProperty("java.home"));
        return Path.of(home, "bin", "java");
    }

    static RuntimeProcess start(Map<String, String> environment, String... arguments) {
        return start(java(), List.of(), environment, arguments);
    }

    /** @param options for the JVM */
    static RuntimeProcess start(Path java, List<String> options, Map<String, String> environment, String... arguments) {
        try {
            int port;
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            var settings = new ArrayList<>(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
            settings.addAll(List.of(arguments));
            var variables = new TreeMap<>(environment);
            variables.put("LC_ALL", "C"); // the runtime's log is UTF-8 all the same
            var container = image().map(image -> "husk-" + UUID.randomUUID());
            var command = container.isPresent()
                    ? inContainer(image().orElseThrow(), container.get(), options, variables)
                    : fromJars(java, options);
            command.addAll(settings);
            var builder = new ProcessBuilder(command);
            builder.environment().putAll(variables);
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            return new RuntimeProcess(builder.start(), port, container);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The image under test, if this is a test of an image. */
    static Optional<String> image() {
        return Optional.ofNullable(System.getenv(IMAGE)).filter(name -> !name.isEmpty());
    }

    private static List<String> fromJars(Path java, List<String> options) throws IOException {
        var command = new ArrayList<>(
                List.of(java.toString(), "--add-opens", "java.base/java.util=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), "dev.husk.runtime.Main"));
        return command;
    }

    /** As the pod template runs it: no capability, no privilege to gain, nothing to write but /tmp. */
    private static List<String> inContainer(
            String image, String name, List<String> options, Map<String, String> environment) {
        var command = new ArrayList<>(List.of("docker", "run", "--rm", "--name", name));
        command.addAll(CONFINED);
        environment.forEach((variable, value) -> command.addAll(List.of("--env", variable + "=" + value)));
        var javaOptions = new ArrayList<>(options);
        Optional.ofNullable(System.getenv(CLASS_LISTS)).ifPresent(folder -> {
            command.addAll(List.of("--volume", folder + ":/classes"));
            javaOptions.add("-XX:DumpLoadedClassList=/classes/" + name);
        });
        if (!javaOptions.isEmpty()) {
            command.addAll(List.of("--env", "JDK_JAVA_OPTIONS=" + String.join(" ", javaOptions)));
        }
        command.add(image);
        return command;
    }

    private static String classPath() throws IOException {
        var target = Path.of("target");
        try (var files = Files.list(target)) {
            var jar = files.filter(
                            file -> file.getFileName().toString().matches("function-runtime-[^s]*(SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow();
            return jar + File.pathSeparator + target.resolve("lib") + "/*";
        }
    }

    /** What came back. */
    record Reply(int status, String text) {
        String error() {
            return com.google.gson.JsonParser.parseString(text)
                    .getAsJsonObject()
                    .get("error")
                    .getAsString();
        }
    }

    /**
     * Posts as the invoker does: again every 50 ms while nobody listens. No answer may be a 503 or lack its length.
     */
    Reply post(String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        for (int attempt = 0; ; attempt++) {
            try {
                var response = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 503
                        || response.headers().firstValue("Content-Length").isEmpty()) {
                    // The invoker would take the sandbox for broken.
                    throw new AssertionError("an answer with status %d and headers %s"
                            .formatted(response.statusCode(), response.headers()));
                }
                return new Reply(response.statusCode(), response.body());
            } catch (java.net.ConnectException e) {
                if (attempt == 2400 || !process.isAlive()) {
                    throw new UncheckedIOException(e);
                }
                await();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void await() {
        try {
            process.waitFor(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Reply init(String main, String code) {
        return init(main, code, Optional.empty());
    }

    Reply init(String main, String code, Optional<JsonObject> env) {
        return init(main, code, true, env);
    }

    /** @param binary whether the code is a jar in base64; else it is source */
    Reply init(String main, String code, boolean binary, Optional<JsonObject> env) {
        var value = new JsonObject();
        value.addProperty("name", "action");
        value.addProperty("main", main);
        value.addProperty("code", code);
        value.addProperty("binary", binary);
        value.add("env", env.<JsonElement>map(object -> object).orElse(JsonNull.INSTANCE));
        var body = new JsonObject();
        body.add("value", value);
        return post("/init", body.toString());
    }

    Reply init(Class<?> action) {
        return init(
                action.getName(), ActionJar.base64(example.HelloWhisk.class, example.HelloWhisk.Dynamic.class, action));
    }

    Reply run(String value) {
        return post("/run", "{\"value\":" + value + "}");
    }

    /** What the process had to say, once it is stopped. */
    record Logs(String out, String err) {
        private static int count(String text) {
            return (int) text.lines().filter(SENTINEL::equals).count();
        }

        int outSentinels() {
            return count(out);
        }

        int errSentinels() {
            return count(err);
        }

        String outText() {
            return out.replace(SENTINEL, "").trim();
        }

        String errText() {
            return err.replace(SENTINEL, "").trim();
        }
    }

    Logs stop() {
        process.toHandle().destroy(); // Process.destroy would close the streams unread
        return exited();
    }

    /** Waits until the process has ended by itself. */
    Logs exited() {
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError("the runtime does not end");
            }
            return new Logs(out.join(), err.join());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    int exitCode() {
        return process.exitValue();
    }

    @Override
    public void close() {
        if (container.isPresent() && process.isAlive()) {
            remove(container.get());
        }
        process.destroyForcibly();
    }

    /** Ends the container: the process is only Docker's client. */
    private static void remove(String container) {
        try {
            var docker = new ProcessBuilder("docker", "rm", "--force", container)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!docker.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError("the container " + container + " does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
