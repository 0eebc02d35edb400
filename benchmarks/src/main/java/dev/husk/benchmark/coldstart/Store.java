package dev.husk.benchmark.coldstart;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What an S3 store answers to presigned reads, without a look at their signatures: objects from memory, whole. */
final class Store implements AutoCloseable {
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "store");
        thread.setDaemon(true);
        return thread;
    });

    private Store(HttpServer server) {
        this.server = server;
    }

    static Store start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var store = new Store(server);
        server.setExecutor(store.threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                var object = store.objects.get(exchange.getRequestURI().getPath());
                exchange.sendResponseHeaders(object == null ? 404 : 200, object == null ? -1 : object.length);
                if (object != null) {
                    exchange.getResponseBody().write(object);
                }
            }
        });
        server.start();
        return store;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void put(String bucketAndName, byte[] object) {
        objects.put("/" + bucketAndName, object);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
