package dev.husk.snp.kds;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A Key Distribution Service on this machine: it has AMD's real answers for a few chips, and does what a test says. */
final class FakeKds implements AutoCloseable {
    /** What it does instead of answering. */
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Bytes> content = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Behaviour behaviour = this::honest;

    FakeKds() throws Exception {
        for (var chip : List.of(Vectors.milan(), Vectors.otherMilan(), Vectors.turin(), Vectors.oldMilan())) {
            content.put(chip.wanted().address(), chip.certificate());
        }
        for (var product : Product.values()) {
            content.put("vcek/v1/%s/cert_chain".formatted(product.label()), Vectors.pem(product, false));
            content.put("vlek/v1/%s/cert_chain".formatted(product.label()), Vectors.pem(product, true));
        }
        content.put("vcek/v1/Milan/crl", Vectors.milanList());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            asked.add(address(exchange));
            try (exchange) {
                behaviour.answer(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    void does(Behaviour other) {
        behaviour = other;
    }

    void isHonest() {
        behaviour = this::honest;
    }

    void gives(Collateral wanted, Bytes answer) {
        content.put(wanted.address(), answer);
    }

    void lacks(Collateral wanted) {
        content.remove(wanted.address());
    }

    void honest(HttpExchange exchange) throws IOException {
        var answer = content.get(address(exchange));
        if (answer == null) {
            send(exchange, 404, Bytes.copyOf(new byte[0]));
        } else {
            send(exchange, 200, answer);
        }
    }

    static void send(HttpExchange exchange, int status, Bytes body) throws IOException {
        exchange.sendResponseHeaders(status, body.length() == 0 ? -1 : body.length());
        if (body.length() > 0) {
            exchange.getResponseBody().write(body.toArray());
        }
    }

    /** Answers 429 with this {@code Retry-After}. */
    static Behaviour limiting(String retryAfter) {
        return exchange -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            send(exchange, 429, Bytes.copyOf(new byte[0]));
        };
    }

    static Behaviour status(int status) {
        return exchange -> send(exchange, status, Bytes.copyOf(new byte[0]));
    }

    private static String address(HttpExchange exchange) {
        return exchange.getRequestURI().toString().substring(1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
