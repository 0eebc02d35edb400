package dev.husk.gateway.log;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.AddCheckpoint;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.log.WitnessPolicy;
import dev.husk.protocol.log.WitnessRules;
import dev.husk.protocol.log.WitnessVerdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A witness over HTTP that keeps to the rules, until a test makes it answer otherwise. */
public final class FakeWitness implements AutoCloseable {
    /** Answers in the place of the witness. */
    public interface Manners {
        void answer(HttpExchange exchange) throws IOException;
    }

    final PartySigner signer = PartySigner.generate();
    final String name;
    final List<Long> asked = new CopyOnWriteArrayList<>();
    public volatile Optional<Manners> manners = Optional.empty();
    public volatile Checkpoint latest;
    volatile Clock clock;

    /** The log that it knows. */
    public volatile VerifierKey log;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public FakeWitness(String name, VerifierKey log, Clock clock) throws IOException {
        this.name = name;
        this.log = log;
        this.clock = clock;
        latest = WitnessRules.nothing(log.name());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (manners.isPresent()) {
                    manners.get().answer(exchange);
                } else {
                    answer(exchange);
                }
            }
        });
        server.start();
    }

    public WitnessKey key() {
        return WitnessKey.of(name + ".example", signer.key().raw());
    }

    public WitnessPolicy.Witness witness() {
        return new WitnessPolicy.Witness(
                name,
                key(),
                Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/sub/")));
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("GET")) {
            boolean nothing = latest.cosignedAt(key()).isEmpty();
            send(exchange, nothing ? 404 : 200, "text/plain", nothing ? "" : latest.text());
            return;
        }
        if (!exchange.getRequestURI().getPath().equals("/sub/add-checkpoint")) {
            send(exchange, 404, "text/plain", "");
            return;
        }
        try {
            var request = AddCheckpoint.parse(exchange.getRequestBody().readAllBytes());
            asked.add(request.old());
            var verdict = new WitnessRules(key(), Map.of(log.name(), List.of(log))).judge(request, latest);
            if (verdict instanceof WitnessVerdict.Grew) {
                latest = cosign(request.checkpoint());
                send(exchange, 200, "text/plain", latest.cosignatureLines(key()));
            } else if (verdict instanceof WitnessVerdict.Stale stale) {
                conflict(exchange, stale.size());
            } else {
                int status = verdict instanceof WitnessVerdict.UnknownLog
                        ? 404
                        : verdict instanceof WitnessVerdict.NotSigned ? 403 : 422;
                send(exchange, status, "text/plain", verdict + "\n");
            }
        } catch (MalformedLogException e) {
            send(exchange, 400, "text/plain", e + "\n");
        }
    }

    Checkpoint cosign(Checkpoint checkpoint) {
        return checkpoint.cosign(key().name(), signer, clock.instant().getEpochSecond());
    }

    static void conflict(HttpExchange exchange, long size) throws IOException {
        send(exchange, 409, AddCheckpoint.SIZE_TYPE, size + "\n");
    }

    static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Takes requests and answers none until the latch opens. */
    public void waitsFor(CountDownLatch latch) {
        manners = Optional.of(exchange -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            answer(exchange);
        });
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        signer.close();
    }
}
