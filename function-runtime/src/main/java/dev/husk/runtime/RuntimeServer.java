package dev.husk.runtime;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The two calls over HTTP: bodies capped, every answer JSON with a Content-Length, the log's sentinels written before
 * an activation's answer goes out. One call at a time, but for runs of an action that may overlap: their sentinels are
 * written together, before the last of their answers.
 */
final class RuntimeServer implements AutoCloseable {
    /** OpenWhisk's limit of 48 MiB on code, and room for what surrounds it. */
    static final int MAX_INIT = (48 << 20) + (1 << 20);

    /** OpenWhisk's limit is 1 MiB; platforms may raise it. */
    static final int MAX_RUN = 8 << 20;

    private static final long MAX_DRAINED = 256L << 20;
    private static final int THREADS = 4;

    /** Where runs may overlap: how many do; more wait. */
    private static final int CONCURRENT_THREADS = 64;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits for an acknowledgement
        System.setProperty("sun.net.httpserver.maxReqTime", "120"); // seconds
    }

    private final HttpServer http;
    private final ExecutorService threads;
    private final ActivationLog log;
    private final ActionRuntime runtime;
    private final ReadWriteLock turns = new ReentrantReadWriteLock(true);
    private final Set<HttpExchange> pending = ConcurrentHashMap.newKeySet();

    RuntimeServer(InetSocketAddress address, ActionRuntime runtime, ActivationLog log) throws IOException {
        this.runtime = runtime;
        this.log = log;
        threads = Executors.newFixedThreadPool(runtime.mayOverlap() ? CONCURRENT_THREADS : THREADS, task -> {
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

    private void called(HttpExchange exchange, JsonObject request, Function<JsonObject, Answer> call)
            throws IOException {
        var turn = runtime.concurrent() ? turns.readLock() : turns.writeLock();
        turn.lock();
        try {
            log.begin();
            pending.add(exchange);
            Answer answer;
            try {
                answer = call.apply(request);
            } catch (RuntimeException | Error e) {
                // A bug of ours, or no memory left: the platform gets an answer, and drops the container.
                log.trace(e);
                answer = Answer.failed("An error has occurred (see logs for details): "
                        + e.getClass().getName());
            }
            if (pending.remove(exchange)) {
                log.end(answer.ends());
                send(exchange, answer);
            }
        } finally {
            turn.unlock();
        }
    }

    /** Answers the calls in progress: the process is about to end. */
    void abort(String reason) {
        var aborted = pending.stream().filter(pending::remove).toList();
        if (aborted.isEmpty()) {
            return;
        }
        log.error(reason);
        aborted.forEach(exchange -> log.end(true));
        for (var exchange : aborted) {
            try {
                send(exchange, Answer.failed(reason));
            } catch (IOException e) {
                // the platform has gone away
            }
        }
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
