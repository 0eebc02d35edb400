package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import example.Engines;
import example.HelloWhisk;
import example.Writes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the container image promises, on a real Docker engine; {@link OpenWhiskConformanceIT} repeats its cases there. */
@Timeout(600)
class ImageIT {
    private static final String NO_GATEWAY = "http://127.0.0.1:9"; // the discard port: nobody listens

    private static final String PASSWORD = "changeit"; // of a key that lives for one test

    private static String image = "";

    @BeforeAll
    static void thereIsAnImage() {
        var named = RuntimeProcess.image();
        if (named.isEmpty()) {
            var hint = "ImageIT does not run: no image is named in " + RuntimeProcess.IMAGE
                    + "; function-runtime/image/README.md says how one is built and loaded";
            System.out.println(hint);
            Assumptions.abort(hint);
        }
        image = named.get();
    }

    private record Output(int status, String text) {}

    private static Output docker(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Output(process.exitValue(), text.strip());
    }

    /** Java of the image, confined as a sandbox is, with these arguments. */
    private static Output java(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("run", "--rm", "--entrypoint=/opt/java/bin/java"));
        command.addAll(RuntimeProcess.CONFINED);
        command.add(image);
        command.addAll(List.of(arguments));
        return docker(command.toArray(String[]::new));
    }

    private static String said(String name, String in) {
        var line =
                Pattern.compile("(?m)^\\s*" + Pattern.quote(name) + " = (.*)$").matcher(in);
        assertThat(line.find()).as("%s in %s", name, in).isTrue();
        return line.group(1);
    }

    @Test
    void javaIs25AndTakesItsSettingsFromTheImage() throws Exception {
        var java = java("@/opt/husk/java.args", "-XshowSettings:properties", "-version");

        assertThat(java.status()).as(java.text()).isZero();
        assertThat(said("java.specification.version", java.text())).isEqualTo("25");
        assertThat(said("java.class.path", java.text())).startsWith("/opt/husk/function-runtime.jar");
        assertThat(said("jna.boot.library.path", java.text())).isEqualTo("/opt/jna");
    }

    @Test
    void theClassDataArchiveIsInUse() throws Exception {
        var java = java(
                "@/opt/husk/java.args", "-Xshare:on", "-Xlog:class+load", "dev.husk.runtime.Main", "--port", "none");

        assertThat(java.text()).contains("not a port: none");
        var ours =
                java.text().lines().filter(line -> line.contains(" dev.husk.runtime.") && line.contains(" source: "));
        assertThat(ours).isNotEmpty().allMatch(line -> line.contains("source: shared objects file"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/bin/sh", "/bin/bash", "/bin/busybox", "/usr/bin/env", "/usr/bin/dpkg", "/usr/bin/apt-get"})
    void thereIsNoShellAndNoPackageManager(String program) throws Exception {
        var command = Stream.of(
                        Stream.of("run", "--rm", "--entrypoint=" + program),
                        RuntimeProcess.CONFINED.stream(),
                        Stream.of(image))
                .flatMap(words -> words)
                .toArray(String[]::new);
        var docker = docker(command);

        assertThat(docker.status()).isEqualTo(127);
        assertThat(docker.text()).contains("no such file or directory");
    }

    @Test
    void itsOwnStartNeedsNoGatewayAndItsUserIsNotRoot() throws Exception {
        var config = docker("image", "inspect", "--format", "{{json .Config}}", image);

        assertThat(config.text())
                .contains("\"User\":\"10001:10001\"")
                .contains("\"Entrypoint\":[\"/opt/java/bin/java\",\"@/opt/husk/java.args\",\"dev.husk.runtime.Main\"]")
                .contains("\"Cmd\":[\"--host\",\"0.0.0.0\",\"--port\",\"8080\",\"--plain\"]");
    }

    @Test
    void onlyTmpCanBeWritten() {
        try (var runtime = RuntimeProcess.start(Map.of(), "--plain")) {
            assertThat(runtime.init(Writes.class.getName(), ActionJar.base64(Writes.class))
                            .status())
                    .isEqualTo(200);

            assertThat(runtime.run("{\"paths\":[\"/tmp\",\"/\",\"/opt/husk\",\"/etc\",\"/var\"]}")
                            .text())
                    .isEqualTo("{\"user\":\"10001\",\"written\":[\"/tmp\"]}");
        }
    }

    @Test
    void aGatewayThatCannotBeReachedLeavesAnOrdinaryAnswer() throws Exception {
        String logKey;
        try (var gateway = FakeGateway.start()) {
            logKey = gateway.logKey();
        }
        try (var runtime = RuntimeProcess.start(
                Map.of(), "--gateway", NO_GATEWAY, "--log-key", logKey, "--evidence", "simulator:" + NO_GATEWAY)) {
            var reply = runtime.init(HelloWhisk.Echo.class);

            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.error()).isNotEmpty();
        }
    }

    @Test
    void aGatewayThatNoAuthorityVouchesForIsNotAsked(@TempDir Path folder) throws Exception {
        String logKey;
        try (var gateway = FakeGateway.start()) {
            logKey = gateway.logKey();
        }
        var asked = new AtomicInteger();
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder)));
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.close();
        });
        server.start();
        var url = "https://localhost:" + server.getAddress().getPort();
        try (var runtime = RuntimeProcess.start(
                Map.of(), "--gateway", url, "--log-key", logKey, "--evidence", "simulator:" + NO_GATEWAY)) {
            assertThat(runtime.init(HelloWhisk.Echo.class).status()).isEqualTo(502);
            runtime.stop();

            assertThat(asked).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext selfSigned(Path folder) throws Exception {
        var file = folder.resolve("keys.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void theEnginesAreLoadedBeforeAnActionAsksForThem() {
        Assumptions.assumeTrue(image.contains("djl"), "the image brings no engine");
        try (var runtime = RuntimeProcess.start(Map.of(), "--plain")) {
            assertThat(runtime.init(Engines.class.getName(), ActionJar.base64(Engines.class))
                            .status())
                    .isEqualTo(200);

            var deadline = Instant.now().plusSeconds(120);
            var seen = "";
            while (!seen.equals("{\"pytorch\":true,\"onnx\":true}")) {
                assertThat(Instant.now()).as(seen).isBefore(deadline);
                LockSupport.parkNanos(50_000_000);
                seen = runtime.run("{\"look\":true}").text();
            }
        }
    }

    @Test
    void theEnginesLoadFromTheImageWhereItBringsThem() {
        Assumptions.assumeTrue(image.contains("djl"), "the image brings no engine");
        try (var runtime = RuntimeProcess.start(Map.of(), "--plain")) {
            assertThat(runtime.init(Engines.class.getName(), ActionJar.base64(Engines.class))
                            .status())
                    .isEqualTo(200);

            assertThat(runtime.run("{}").text()).isEqualTo("{\"pytorch\":3.0,\"onnx\":\"1.29.0\"}");
            var logs = runtime.stop();
            assertThat(logs.errText()).isEmpty();
        }
    }
}
