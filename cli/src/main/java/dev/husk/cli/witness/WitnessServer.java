package dev.husk.cli.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.husk.protocol.log.AddCheckpoint;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessRules;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A witness over plain HTTP: {@code POST /add-checkpoint} and {@code GET /<origin hash>/checkpoint}. Bodies are capped, a
 * request has half a minute, and a few threads answer all. Off this machine it belongs behind a proxy that speaks TLS.
 */
public final class WitnessServer implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int BACKLOG = 128;
    private static final int GRACE_SECONDS = 1;
    private static final Pattern CHECKPOINT = Pattern.compile("/([0-9a-f]{64})/checkpoint");

    static {
        // The JDK reads these once, when its first server starts; what the user set stays.
        System.getProperties().putIfAbsent("sun.net.httpserver.nodelay", "true");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "30");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxRspTime", "30");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqHeaders", "100");
        System.getProperties().putIfAbsent("jdk.httpserver.maxConnections", "512");
    }

    private final Witness witness;
    private final HttpServer http;
    private final ExecutorService threads;
    private final List<Closeable> held;

    WitnessServer(InetSocketAddress address, Witness witness, List<Closeable> held) throws IOException {
        this.witness = witness;
        this.held = held;
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "witness");
            thread.setDaemon(true);
            return thread;
        });
        http = HttpServer.create(address, BACKLOG);
        http.setExecutor(threads);
        http.createContext("/", this::serve);
        http.start();
    }

    /**
     * Serves the witness of a folder, which no other process may do meanwhile.
     *
     * @param logs the keys that are trusted for each origin
     * @param log takes one line for whoever runs the witness
     */
    public static WitnessServer start(
            WitnessFolder folder,
            InetSocketAddress address,
            Map<String, List<VerifierKey>> logs,
            Clock clock,
            Consumer<String> log)
            throws UnusableWitnessException, IOException {
        var lock = folder.lock();
        try {
            var state = folder.state();
            var signer = folder.signer(state.key());
            return new WitnessServer(
                    address,
                    new Witness(
                            state.key(), signer, new WitnessRules(state.key(), logs), logs.keySet(), state, clock, log),
                    List.of(signer::close, lock));
        } catch (UnusableWitnessException | IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var answer = answer(exchange);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            boolean bodyless = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), bodyless ? -1 : body.length);
            if (!bodyless) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private WitnessAnswer answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getRawPath();
        var checkpoint = CHECKPOINT.matcher(path);
        boolean add = path.equals(AddCheckpoint.PATH);
        if (!add && !checkpoint.matches()) {
            return WitnessAnswer.text(404, "there is /add-checkpoint and /<origin hash>/checkpoint\n");
        }
        var method = add ? "POST" : "GET";
        if (!exchange.getRequestMethod().equals(method)) {
            exchange.getResponseHeaders().set("Allow", method);
            return WitnessAnswer.text(405, "only " + method + "\n");
        }
        if (!add) {
            return witness.checkpoint(checkpoint.group(1));
        }
        byte[] body = exchange.getRequestBody().readNBytes(AddCheckpoint.MAX_BYTES + 1);
        return body.length > AddCheckpoint.MAX_BYTES
                ? WitnessAnswer.text(413, "larger than any checkpoint\n")
                : witness.add(body);
    }

    @Override
    public void close() throws IOException {
        http.stop(GRACE_SECONDS);
        threads.shutdownNow();
        for (var each : held) {
            each.close();
        }
    }
}
