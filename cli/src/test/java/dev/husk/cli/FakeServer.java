package dev.husk.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An HTTP server on a free port of this machine that hands each request to a test's code. */
abstract class FakeServer implements AutoCloseable {
    record Request(String method, String path, Map<String, String> query, byte[] body, HttpExchange exchange) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return String.valueOf(exchange.getRequestHeaders().getFirst(name));
        }
    }

    record Answer(int status, byte[] body, Map<String, String> headers) {
        static Answer of(int status, Object body) {
            return new Answer(
                    status,
                    body.toString().getBytes(StandardCharsets.UTF_8),
                    Map.of("Content-Type", "application/json"));
        }

        static Answer problem(int status, String detail) {
            return of(status, "{\"type\":\"about:blank\",\"status\":%d,\"detail\":\"%s\"}".formatted(status, detail));
        }
    }

    private final HttpServer server;
    final List<String> seen = new CopyOnWriteArrayList<>();

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    abstract Answer answer(Request request) throws Exception;

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            var query = Stream.of(String.valueOf(uri.getQuery()).split("&"))
                    .map(pair -> pair.split("=", 2))
                    .filter(pair -> pair.length == 2)
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> a));
            seen.add(exchange.getRequestMethod() + " " + uri.getPath());
            Answer answer;
            try {
                answer = answer(new Request(
                        exchange.getRequestMethod(),
                        uri.getPath(),
                        query,
                        exchange.getRequestBody().readAllBytes(),
                        exchange));
            } catch (Exception | AssertionError e) {
                answer = Answer.problem(500, e.toString().replace('"', '\''));
            }
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            boolean bodyless = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
            exchange.sendResponseHeaders(answer.status(), bodyless ? -1 : answer.body().length);
            if (!bodyless) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
