package dev.husk.local;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.local.process.ChildOutput;
import dev.husk.local.process.ChildProcess;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The gateway on Open Liberty. What it writes goes to the state folder, never into the build's output. */
final class GatewayProcess implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofMinutes(3);
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final int NONCE = 32;
    private static final int LARGEST_ANSWER = 1 << 20;

    /** Liberty's errors have codes that end with E. */
    private static final Predicate<String> MATTERS = Pattern.compile(
                    "[A-Z]{4,5}\\d{4}E:|\\[ERROR|Caused by|Exception: |is not set|the gateway does not start")
            .asPredicate();

    /** The application failed to start, or was not found; Liberty itself then stays up. */
    private static final Predicate<String> HOPELESS = Pattern.compile(
                    "SRVE0265E|SRVE0283E|CWWKZ000[24]E|CWWKZ0012E|CWWKZ0014W|CWWKO0221E")
            .asPredicate();

    private final ChildProcess process;
    private final URI url;
    private final HttpClient client;

    private GatewayProcess(ChildProcess process, URI url, HttpClient client) {
        this.process = process;
        this.url = url;
        this.client = client;
    }

    /**
     * Starts the server and waits until {@code /health/ready} says so.
     *
     * @param port of TLS, where there is TLS, else of plain HTTP
     * @param environment what {@code docs/architecture.md} lists, without the ports and TLS
     */
    static GatewayProcess start(
            Path liberty, StateFolder state, int port, Optional<Tls> tls, Map<String, String> environment)
            throws IOException, StartFailedException, InterruptedException {
        var folder = state.folder("gateway");
        var log = LogFile.open(state.folder("logs").resolve("gateway.log"));
        var all = new HashMap<>(environment);
        all.putAll(listening(port, tls));
        // No balancer has to leave it first.
        all.putIfAbsent("HUSK_DRAIN", "0");
        all.put("HUSK_LOG_FORMAT", "simple");
        all.put("HUSK_LTPA_PASSWORD", state.secret("gateway.ltpa"));
        all.put("WLP_OUTPUT_DIR", folder.toString());
        all.put("JAVA_HOME", JavaCommand.home().toString());
        all.putIfAbsent("JVM_ARGS", "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        var command = List.of(liberty.resolve("bin/server").toString(), "run", "gateway");
        var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2));
        if (tls.isPresent()) {
            client.sslContext(tls.get().clients());
        }
        var process = ChildProcess.start(command, all, folder, new ChildOutput.ToFile(log.path()));
        var url = URI.create((tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port + "/");
        var started = new GatewayProcess(process, url, client.build());
        new Readiness("the gateway", log, MATTERS, HOPELESS, START_TIME).await(process, started::isReady);
        return started;
    }

    private static Map<String, String> listening(int port, Optional<Tls> tls) throws IOException, StartFailedException {
        if (tls.isEmpty()) {
            return Map.of("HUSK_HTTP_PORT", Integer.toString(port), "HUSK_TLS", "off");
        }
        return Map.of(
                "HUSK_HTTP_PORT", Integer.toString(Ports.ANY.chosen().gateway()),
                "HUSK_TLS", "on",
                "HUSK_HOST", "127.0.0.1",
                "HUSK_HTTPS_PORT", Integer.toString(port),
                "HUSK_TLS_CERTIFICATE", tls.get().certificate().toString(),
                "HUSK_TLS_KEY", tls.get().key().toString());
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    /** The key with which the gateway signs its log's checkpoints, as it says itself; nothing here proves it. */
    String logKey() throws IOException, InterruptedException {
        var question = new JsonObject();
        question.addProperty("nonce", Base64Url.random(NONCE));
        var request = HttpRequest.newBuilder(url.resolve("v1/gateway/evidence"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question.toString()))
                .build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException("the gateway gives no evidence: status " + answer.statusCode());
        }
        try {
            if (Json.parse(answer.body(), LARGEST_ANSWER) instanceof JsonObject evidence
                    && evidence.get("keys") instanceof JsonObject keys
                    && keys.get("log") instanceof JsonPrimitive key) {
                return key.getAsString();
            }
        } catch (MalformedJsonException e) {
            throw new IOException("the gateway's evidence is not JSON", e);
        }
        throw new IOException("the gateway's evidence lacks its log key");
    }

    @Override
    public void close() {
        process.stop("TERM", GRACE);
    }

    private boolean isReady() {
        var request = HttpRequest.newBuilder(url.resolve("health/ready"))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            // Not yet; if it never will, the log says why.
            return false;
        } catch (InterruptedException e) {
            // The caller waits in an interruptible way next, and finds the flag there.
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
