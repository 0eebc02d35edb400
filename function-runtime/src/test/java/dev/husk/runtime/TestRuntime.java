package dev.husk.runtime;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.actions.Functions;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.runtime.attest.Attestation;
import dev.husk.runtime.attest.Gateway;
import dev.husk.snp.guest.EvidenceSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A runtime in this process, called over HTTP. */
final class TestRuntime implements AutoCloseable {
    static final String ACTIVATION = "0123456789abcdef0123456789abcdef";

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final ScheduledExecutorService daemon = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ActionRuntime runtime;
    private final RuntimeServer server;
    final Optional<Attestation> attestation;
    final String operatorsVariable = "OPERATORS_" + System.nanoTime();

    private TestRuntime(Optional<Attestation> attestation, Environment environment, Path folder) throws IOException {
        this.attestation = attestation;
        var log = ActivationLog.to(logged, logged);
        runtime = new ActionRuntime(attestation, log, environment, folder, daemon);
        server = new RuntimeServer(new InetSocketAddress("127.0.0.1", 0), runtime, log);
        server.start();
    }

    static TestRuntime plain(Path folder) throws IOException {
        return plain(Environment.ofProcess(), folder);
    }

    static TestRuntime plain(Environment environment, Path folder) throws IOException {
        return new TestRuntime(Optional.empty(), environment, folder);
    }

    static TestRuntime of(FakeGateway gateway, Path folder) throws IOException {
        return of(gateway, gateway.logKey(), folder);
    }

    static TestRuntime of(FakeGateway gateway, String logKey, Path folder) throws IOException {
        var evidence = EvidenceSource.of("simulator:" + gateway.url());
        return of(gateway, logKey, evidence, Environment.ofProcess(), folder);
    }

    static TestRuntime of(
            FakeGateway gateway, String logKey, EvidenceSource evidence, Environment environment, Path folder)
            throws IOException {
        return new TestRuntime(
                Optional.of(new Attestation(
                        new Gateway(URI.create(gateway.url())),
                        evidence,
                        VerifierKey.parse(logKey),
                        Clock.systemUTC())),
                environment,
                folder);
    }

    record Reply(int status, String text) {
        JsonObject json() {
            return JsonParser.parseString(text).getAsJsonObject();
        }

        String error() {
            return json().get("error").getAsString();
        }
    }

    Reply post(String path, byte[] body) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 503
                    || response.headers().firstValue("Content-Length").isEmpty()) {
                throw new AssertionError(
                        "an answer with status %d and headers %s".formatted(response.statusCode(), response.headers()));
            }
            return new Reply(response.statusCode(), response.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Reply post(String path, JsonObject body) {
        return post(path, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Initializes with a jar of all of {@link Functions}, and the one as entry point. */
    Reply init(Class<?> function) {
        return init(function, ActionJar.base64(Functions.class, function));
    }

    /** The same, of a jar that says it is thread-safe. */
    Reply initThreadSafe(Class<?> function) {
        return init(function, Base64.getEncoder().encodeToString(ActionJar.threadSafe(Functions.class, function)));
    }

    private Reply init(Class<?> function, String code) {
        return init(function.getName(), code, true);
    }

    /** @param binary whether the code is a jar in base64; else it is source */
    Reply init(String main, String code, boolean binary) {
        var value = new JsonObject();
        value.addProperty("name", "test");
        value.addProperty("main", main);
        value.addProperty("binary", binary);
        value.addProperty("code", code);
        var env = new JsonObject();
        env.addProperty("__OW_ACTIVATION_ID", ACTIVATION);
        env.addProperty(operatorsVariable, "set");
        value.add("env", env);
        var body = new JsonObject();
        body.add("value", value);
        return post("/init", body);
    }

    /** Runs under the contract with one parameter of the function's own. */
    Reply run() {
        var value = new JsonObject();
        value.addProperty("contract", FakeGateway.CONTRACT);
        value.addProperty("function", FakeGateway.FUNCTION);
        value.addProperty("epochs", 3);
        value.addProperty("__ow_method", "post");
        return run(value);
    }

    Reply run(JsonObject value) {
        return run(value, ACTIVATION);
    }

    Reply run(JsonObject value, String activation) {
        var body = new JsonObject();
        body.add("value", value);
        body.addProperty("activation_id", activation);
        return post("/run", body);
    }

    /** Ends the lease of whatever runs. */
    void revoke(String reason) {
        runtime.revoke(reason);
    }

    String log() {
        return logged.toString(StandardCharsets.UTF_8);
    }

    static long files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> !file.endsWith("action.jar")).count();
        }
    }

    @Override
    public void close() {
        server.close();
        daemon.shutdownNow();
        System.setOut(out);
        System.setErr(err);
    }
}
