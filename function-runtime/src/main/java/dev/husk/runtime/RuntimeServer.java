package dev.husk.runtime;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The two calls over HTTP: bodies capped, every answer JSON with a Content-Length, the log's sentinels written before
 * an activation's answer goes out.
 */
final class RuntimeServer implements AutoCloseable {
    /** OpenWhisk's limit of 48 MiB on code, and room for what surrounds it. */
    static final int MAX_INIT = (48 << 20) + (1 << 20);

    /** OpenWhisk's limit is 1 MiB; platforms may raise it. */
    static final int MAX_RUN = 8 << 20;

    private static final long MAX_DRAINED = 256L << 20;
    private static final int THREADS = 4;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits for an acknowledgement
        System.setProperty("sun.net.httpserver.maxReqTime", "120"); // seconds
    }

    private final HttpServer http;
    private final ExecutorService threads;
    private final ActivationLog log;
    private final AtomicReference<Optional<HttpExchange>> pending = new AtomicReference<>(Optional.empty());

    RuntimeServer(InetSocketAddress address, ActionRuntime runtime, ActivationLog log) throws IOException {
        this.log = log;
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "http");
            thread.setDaemon(true);
            return thread;
        });
        http = HttpServer.create(address, 0);
        http.setExecutor(threads);
        http.createContext("/", exchange -> {
            drain(exchange);
            send(exchange, Answer.rejected(404, "There is only /init and /run here."));
        });
        http.createContext("/init", exchange -> serve(exchange, "/init", MAX_INIT, runtime::init));
        http.createContext("/run", exchange -> serve(exchange, "/run", MAX_RUN, runtime::run));
    }

    void start() {
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    private void serve(HttpExchange exchange, String path, int maxBytes, Function<JsonObject, Answer> call)
            throws IOException {
        if (!exchange.getRequestURI().getPath().equals(path)) {
            drain(exchange);
            send(exchange, Answer.rejected(404, "There is only /init and /run here."));
            return;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            drain(exchange);
            send(exchange, Answer.rejected(405, path + " takes POST."));
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(maxBytes + 1);
        if (body.length > maxBytes) {
            drain(exchange);
            send(exchange, Answer.rejected(413, "The request is longer than %d bytes.".formatted(maxBytes)));
            return;
        }
        try {
            if (Json.parse(body, maxBytes) instanceof JsonObject request) {
                called(exchange, request, call);
            } else {
                send(exchange, Answer.rejected(400, "The request is not a JSON object."));
            }
        } catch (MalformedJsonException e) {
            send(exchange, Answer.rejected(400, "The request is not the JSON that is expected: " + e.getMessage()));
        }
    }

    /** One call at a time, so that {@link #abort} knows whom to answer. */
    private synchronized void called(HttpExchange exchange, JsonObject request, Function<JsonObject, Answer> call)
            throws IOException {
        pending.set(Optional.of(exchange));
        Answer answer;
        try {
            answer = call.apply(request);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // A bug of ours, or no memory left: the platform gets an answer, and drops the container.
            log.trace(e);
            answer = Answer.failed("An error has occurred (see logs for details): "
                    + e.getClass().getName());
        }
        if (pending.getAndSet(Optional.empty()).isPresent()) {
            finish(exchange, answer);
        }
    }

    /** Answers the call in progress, if there is one: the process is about to end. */
    void abort(String reason) {
        var exchange = pending.getAndSet(Optional.empty());
        if (exchange.isPresent()) {
            log.error(reason);
            try {
                finish(exchange.get(), Answer.failed(reason));
            } catch (IOException e) {
                // the platform has gone away
            }
        }
    }

    private void finish(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.ends()) {
            log.end();
        }
        send(exchange, answer);
    }

    private static void drain(HttpExchange exchange) throws IOException {
        byte[] rest = new byte[1 << 16];
        var in = exchange.getRequestBody();
        long drained = 0;
        for (int count = 0; count >= 0 && drained < MAX_DRAINED; drained += count) {
            count = in.read(rest);
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().toString().getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            boolean noBody = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), noBody ? -1 : body.length);
            if (!noBody) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
