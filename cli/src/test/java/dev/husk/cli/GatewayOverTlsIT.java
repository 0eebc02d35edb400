package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.husk.cli.demo.Commands;
import dev.husk.local.Installation;
import dev.husk.local.LocalPlatform;
import dev.husk.local.Options;
import dev.husk.local.Ports;
import dev.husk.local.StartListener;
import dev.husk.local.Tls;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.tls.Authorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parties and sandboxes that reach the gateway by TLS alone, with certificates of a test's own authority. */
class GatewayOverTlsIT {
    private static final String PASSPHRASE = "correct horse";
    private static final String DATA = "age,ill\n41,0\n63,1\n";

    @TempDir
    static Path folder;

    private static TestAuthority authority;
    private static LocalPlatform platform;
    private static Commands husk;

    @BeforeAll
    static void start() throws Exception {
        authority = new TestAuthority();
        authority.issue(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        authority.write(folder.resolve("ca.pem"));
        new TestAuthority().write(folder.resolve("other.pem"));
        var state = folder.resolve("state");
        platform = LocalPlatform.start(
                new Options(state, Path.of("target/cache").toAbsolutePath(), Installation.find(), Ports.ANY)
                        .withTls(new Tls(
                                folder.resolve("tls.crt"), folder.resolve("tls.key"), folder.resolve("ca.pem"))),
                StartListener.silent());
        husk = LocalHusk.commands(platform, folder.resolve("home"), state, PASSPHRASE);
        run("party", "create", "hospital-a");
        run("party", "create", "algo-lab");
        run("gateway", "pin", "--simulated-root", platform.simulatedRoot().toString());
        Files.writeString(folder.resolve("anna.csv"), DATA);
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void aContractIsAgreedOnDataDepositedAndAFunctionRunOverTls() throws Exception {
        assertThat(platform.gatewayUrl().getScheme()).isEqualTo("https");
        assertThat(run("gateway", "verify"))
                .contains("TLS: the connection shows the certificate that the gateway says is its own");
        agree("over-tls");
        run("data", "put", "anna-2025", file("anna.csv"), "--contract", "over-tls", "--as", "hospital-a");
        run("action", "deploy", "peek", peek().toString(), "--contract", "over-tls", "--main", PEEK);
        var answer = run(
                "invoke", "peek", "--contract", "over-tls", "--as", "algo-lab", "-p", "dataset=anna-2025", "--json");
        assertThat(answer).contains("\"bytes\":" + DATA.length());
        assertThat(run("log", "show", "over-tls", "--as", "hospital-a"))
                .contains("was bound to code", "keys RELEASED to peek");
        assertThat(run("log", "verify", "over-tls", "--as", "hospital-a")).contains("verified");
    }

    @Test
    void aGatewayThatAnotherAuthorityVouchesForGetsNothing() throws Exception {
        agree("other-authority");
        for (var command : commands("other-authority")) {
            refused(husk("gateway", file("other.pem"), platform.gatewayUrl(), command), "no authority");
        }
    }

    @Test
    void aCertificateForAnotherHostOrOfYesterdayIsNotBelieved() throws Exception {
        var elsewhere = URI.create("https://localhost:" + platform.gatewayUrl().getPort() + "/");
        refused(husk("host", file("ca.pem"), elsewhere, "gateway", "verify"), "localhost");
        try (var expired = new Between(authority.server(Duration.ofDays(-1)))) {
            refused(husk("expired", file("ca.pem"), expired.url(), "gateway", "verify"), "it has expired");
            assertThat(expired.seen).isEmpty();
        }
    }

    @Test
    void whoStandsInBetweenWithAGoodCertificateSeesNoTokenAndNoKey() throws Exception {
        agree("in-between");
        try (var between = new Between(authority.server(Duration.ofDays(1)))) {
            var data = List.of(
                    "data", "put", "anna-2025", file("anna.csv"), "--contract", "in-between", "--as", "hospital-a");
            var invoke = List.of(
                    "invoke", "peek", "--contract", "in-between", "--as", "algo-lab", "-p", "dataset=anna-2025");
            for (var command : List.of(List.of("gateway", "verify"), data, invoke)) {
                var ran = husk("between", file("ca.pem"), between.url(), command.toArray(String[]::new));
                assertThat(ran.exitCode()).as(ran.out() + ran.err()).isEqualTo(ExitCodes.REFUSED);
                assertThat(ran.out() + ran.err()).contains("somebody stands in between");
            }
            assertThat(between.seen).hasSize(3).containsOnly("POST /v1/gateway/evidence without a token");
            // Nothing of what it said was kept.
            assertThat(folder.resolve("between/gateway.pin.json")).content().doesNotContain("\"keys\"");
        }
    }

    @Test
    void aSandboxRunsNoCodeBehindAGatewayWhoseCertificateItDoesNotBelieve() throws Exception {
        var elsewhere = URI.create("https://localhost:" + platform.gatewayUrl().getPort() + "/");
        for (var runtime :
                List.of(runtime(platform.gatewayUrl(), "other.pem", "other"), runtime(elsewhere, "ca.pem", "host"))) {
            try (runtime) {
                var answer = runtime.init(peek());
                assertThat(answer.statusCode()).isEqualTo(502);
                assertThat(answer.body()).contains("\"error\"");
                assertThat(runtime.text()).contains("SSLHandshakeException");
            }
        }
    }

    private static final String PEEK = "dev.husk.peek.PeekAction";

    /** Proposes a contract by which {@code peek} reads a dataset of hospital-a, and accepts it for both. */
    private static void agree(String name) throws Exception {
        var contract = Files.writeString(folder.resolve(name + ".yaml"), """
                husk: 1
                name: %s
                version: 1
                parties:
                  - {name: hospital-a, key: "%s"}
                  - {name: algo-lab, key: "%s"}
                witnesses: none
                datasets:
                  - {name: anna-2025, owner: hospital-a, store: "s3://husk/%s"}
                platforms:
                  - name: laptop
                    tee: simulated
                    binding: sandbox
                    products: any
                    measurements: ["%s"]
                    hostData: any
                    minimumTcb: any
                    policy: {debug: false, migrationAgent: false, smt: any, singleSocket: any, ciphertextHiding: any}
                    chips: any
                    vmpl: ["0"]
                    platformInfo: any
                    idKeys: any
                    authorKeys: any
                    providers: none
                functions:
                  - {name: peek, owner: algo-lab, entry: %s, platform: laptop, code: "%s"}
                results: []
                grants:
                  - function: peek
                    reads: [anna-2025]
                    writes: []
                    parameters:
                      dataset: {type: string, values: any}
                    callers: [algo-lab]
                    limits: {runs: 10, perDay: 10, until: "2099-12-31T00:00:00Z"}
                """.formatted(
                        name,
                        run("party", "show", "hospital-a").strip(),
                        run("party", "show", "algo-lab").strip(),
                        name,
                        platform.measurements().get("java-husk:default"),
                        PEEK,
                        Digests.sha256(Files.readAllBytes(peek()))));
        run("contract", "propose", contract.toString(), "--as", "algo-lab");
        run("contract", "accept", name, "--as", "hospital-a", "--yes");
        run("contract", "accept", name, "--as", "algo-lab", "--yes");
    }

    /** A command of each kind: without a secret, with a token, with a key. */
    private static List<String[]> commands(String contract) {
        return List.of(
                new String[] {"gateway", "verify"},
                new String[] {"contract", "show", contract, "--as", "hospital-a"},
                new String[] {"data", "put", "anna-2025", file("anna.csv"), "--contract", contract, "--as", "hospital-a"
                });
    }

    private static Path peek() throws Exception {
        return Objects.requireNonNull(Installation.find().functions().get("peek"));
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    private static String run(String... command) {
        var ran = husk.run(command);
        assertThat(ran.exitCode())
                .as(String.join(" ", command) + ran.out() + ran.err())
                .isZero();
        return ran.out();
    }

    /** A command of the same parties on another machine, whose settings are these. */
    private static Commands.Ran husk(String home, String ca, URI gateway, String... command) throws Exception {
        var place = Files.createDirectories(folder.resolve(home));
        Files.createDirectories(place.resolve("parties"));
        for (var party : List.of("hospital-a", "algo-lab")) {
            var key = place.resolve("parties/" + party + ".key.pem");
            if (Files.notExists(key)) {
                Files.copy(folder.resolve("home/parties/" + party + ".key.pem"), key);
            }
        }
        var commands = LocalHusk.commands(platform, place, folder.resolve("state"), PASSPHRASE);
        var settings = Settings.in(place);
        settings.save(Map.of("gateway", gateway.toString(), "ca", ca));
        assertThat(commands.run(
                                "gateway",
                                "pin",
                                "--simulated-root",
                                platform.simulatedRoot().toString())
                        .exitCode())
                .isZero();
        return commands.run(command);
    }

    private static void refused(Commands.Ran ran, String why) {
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isEqualTo(ExitCodes.REFUSED);
        assertThat(ran.err())
                .startsWith("husk: nothing was sent to https://")
                .contains("its certificate is not believed", why, "HUSK_CA=FILE")
                .doesNotContain("Exception");
    }

    /** Shows a certificate of its own, passes everything on to the gateway, and remembers what it saw. */
    private static final class Between implements AutoCloseable {
        final List<String> seen = new CopyOnWriteArrayList<>();
        private final HttpsServer server;

        Between(SSLContext shown) throws Exception {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(shown));
            var gateway = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(Authorities.trusting(Files.readAllBytes(folder.resolve("ca.pem"))))
                    .build();
            server.createContext("/", exchange -> {
                try (exchange) {
                    var headers = exchange.getRequestHeaders();
                    seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                            + (headers.containsKey("Authorization") ? " with a token" : " without a token"));
                    var request = HttpRequest.newBuilder(platform.gatewayUrl().resolve(exchange.getRequestURI()))
                            .header("Content-Type", String.valueOf(headers.getFirst("Content-Type")))
                            .method(
                                    exchange.getRequestMethod(),
                                    HttpRequest.BodyPublishers.ofByteArray(
                                            exchange.getRequestBody().readAllBytes()));
                    Optional.ofNullable(headers.getFirst("Authorization"))
                            .ifPresent(token -> request.header("Authorization", token));
                    var answer = gateway.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                    answer.headers()
                            .firstValue("Content-Type")
                            .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
                    exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
                    exchange.getResponseBody().write(answer.body());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            server.start();
        }

        URI url() {
            return URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static Runtime runtime(URI gateway, String ca, String name) throws Exception {
        int port = freePort();
        var target = Path.of(System.getProperty("husk.home")).resolve("function-runtime/target");
        var jar = target.resolve("function-runtime-0.1.0-SNAPSHOT.jar");
        var log = folder.resolve("runtime-" + name + ".log");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens",
                        "java.base/java.util=ALL-UNNAMED",
                        "-cp",
                        jar + ":" + target.resolve("lib") + "/*",
                        "dev.husk.runtime.Main",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "" + port,
                        "--gateway",
                        gateway.toString(),
                        "--gateway-ca",
                        file(ca),
                        "--log-key",
                        platform.logKey(),
                        "--evidence",
                        "simulator:http://127.0.0.1:9")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Runtime(process, port, log);
    }

    private static int freePort() throws IOException {
        try (var socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A function runtime as a platform starts it. */
    private record Runtime(Process process, int port, Path log) implements AutoCloseable {
        /** Gives it an archive to load, as soon as it listens. */
        HttpResponse<String> init(Path archive) throws Exception {
            var value = new JsonObject();
            value.addProperty("name", "peek");
            value.addProperty("main", PEEK);
            value.addProperty("binary", true);
            value.addProperty("code", Base64.getEncoder().encodeToString(Files.readAllBytes(archive)));
            var body = new JsonObject();
            body.add("value", value);
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/init"))
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build();
            var http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (true) {
                try {
                    return http.send(request, HttpResponse.BodyHandlers.ofString());
                } catch (java.net.ConnectException e) {
                    assertThat(process.isAlive() && System.nanoTime() - end < 0)
                            .as(Files.readString(log))
                            .isTrue();
                    process.waitFor(50, TimeUnit.MILLISECONDS);
                }
            }
        }

        String text() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
