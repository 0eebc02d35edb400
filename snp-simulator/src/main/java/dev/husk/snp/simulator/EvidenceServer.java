package dev.husk.snp.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The Attestation Agent's REST API ({@code GET /aa/evidence}) for simulated sandboxes, on this machine only. Each
 * sandbox has a path of its own that cannot be guessed, so one process does not get another's evidence by trying.
 * SIMULATED.
 */
public final class EvidenceServer implements AutoCloseable {
    private static final int REPORT_DATA = 64;
    private static final String EVIDENCE = "/aa/evidence";

    static {
        // Without it every small answer waits 40 ms for an acknowledgement; read once, when the JDK's server starts.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Map<String, SimulatedSandbox> sandboxes = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads;

    private EvidenceServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Starts on a free port of the loopback interface. */
    public static EvidenceServer start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        var threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "simulated-evidence");
            thread.setDaemon(true);
            return thread;
        });
        var evidence = new EvidenceServer(server, threads);
        server.setExecutor(threads);
        server.createContext("/", evidence::handle);
        server.start();
        return evidence;
    }

    /** Mounts a sandbox; {@code "simulator:" + url} is what its runtime takes as evidence source. */
    public URI add(SimulatedSandbox sandbox) {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        var path = "/" + HexFormat.of().formatHex(random);
        sandboxes.put(path, sandbox);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** Takes back an address; the sandbox behind it then gets no more evidence. Unknown addresses are left alone. */
    public void remove(URI address) {
        sandboxes.remove(address.getPath());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var sandbox = path.endsWith(EVIDENCE)
                    ? sandboxes.get(path.substring(0, path.length() - EVIDENCE.length()))
                    : null;
            if (sandbox == null) {
                answer(exchange, 404, "Not Found");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                answer(exchange, 405, "Method Not Allowed");
            } else {
                evidence(exchange, sandbox);
            }
        }
    }

    private static void evidence(HttpExchange exchange, SimulatedSandbox sandbox) throws IOException {
        var query = exchange.getRequestURI().getRawQuery();
        var text = parameter(query, "runtime_data");
        if (text.isEmpty()) {
            answer(exchange, 400, "runtime_data is missing");
            return;
        }
        byte[] data;
        try {
            data = decoded(text.get(), parameter(query, "encoding").orElse(""));
        } catch (IllegalArgumentException e) {
            answer(exchange, 400, "runtime_data or its encoding is not understood");
            return;
        }
        if (data.length > REPORT_DATA) {
            answer(exchange, 500, "SNP Attester: Report data must be no more than 64 bytes");
            return;
        }
        answer(exchange, 200, sandbox.evidence(Arrays.copyOf(data, REPORT_DATA)));
    }

    private static byte[] decoded(String text, String encoding) {
        return switch (encoding) {
            case "" -> text.getBytes(StandardCharsets.UTF_8);
            case "base64" -> Base64.getUrlDecoder().decode(text);
            default -> throw new IllegalArgumentException(encoding);
        };
    }

    private static Optional<String> parameter(@Nullable String query, String name) {
        if (query == null) {
            return Optional.empty();
        }
        return Arrays.stream(query.split("&"))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
