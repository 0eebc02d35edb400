package dev.husk.local.whisk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** Turns HTTP exchanges into calls and back: caps, the key, transaction ids and error bodies. */
final class Front implements HttpHandler {
    private static final System.Logger LOG = System.getLogger(Front.class.getName());
    private static final int MAX_CODE_BODY = Actions.MAX_CODE + 2 * 1024 * 1024;
    private static final int MAX_BODY = Invoker.MAX_PAYLOAD + 64 * 1024;

    private final Api api;
    private final byte[] credentials;

    Front(Api api, String auth) {
        this.api = api;
        this.credentials = ("Basic " + Base64.getEncoder().encodeToString(auth.getBytes(StandardCharsets.UTF_8)))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var transaction = exchange.getRequestHeaders().getFirst("x-request-id");
            if (transaction == null || !transaction.matches("[\\w.-]{1,64}")) {
                transaction = Dispatcher.newId();
            }
            Answer answer;
            try {
                answer = answer(exchange, transaction);
            } catch (Refused e) {
                answer = Answer.error(e.status(), e.text(), transaction);
                if (e.status() == 401) {
                    answer = answer.with("WWW-Authenticate", "Basic realm=\"OpenWhisk secure realm\"");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                answer = Answer.error(503, "The server is closing.", transaction);
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "request " + transaction + " failed", e);
                answer = Answer.error(500, "There was an internal server error.", transaction);
            }
            send(exchange, answer.with("x-request-id", transaction));
        }
    }

    private Answer answer(HttpExchange exchange, String transaction) throws Refused, IOException, InterruptedException {
        var uri = exchange.getRequestURI();
        var rawPath = uri.getRawPath() == null || !uri.getRawPath().startsWith("/") ? "/" : uri.getRawPath();
        var path = Call.segments(rawPath);
        boolean authenticated = authenticated(exchange);
        if (!authenticated && Api.needsKey(path)) {
            throw new Refused(401, "The supplied authentication is invalid.");
        }
        boolean code = exchange.getRequestMethod().equals("PUT") && path.contains("actions");
        var rawQuery = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        return api.answer(new Call(
                exchange.getRequestMethod(),
                path,
                rawPath,
                rawQuery,
                Call.pairs(rawQuery),
                exchange.getRequestHeaders(),
                body(exchange, code && authenticated ? MAX_CODE_BODY : MAX_BODY),
                transaction,
                authenticated));
    }

    private boolean authenticated(HttpExchange exchange) {
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), credentials);
    }

    private static byte[] body(HttpExchange exchange, int most) throws Refused, IOException {
        var body = new ByteArrayOutputStream();
        var buffer = new byte[64 * 1024];
        var in = exchange.getRequestBody();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (body.size() + n > most) {
                throw new Refused(413, "Request larger than allowed: over %d bytes.".formatted(most));
            }
            body.write(buffer, 0, n);
        }
        return body.toByteArray();
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue()));
        boolean bodiless = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
        exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.body().length);
        if (!bodiless) {
            exchange.getResponseBody().write(answer.body());
            exchange.getResponseBody().flush();
        }
        drain(exchange.getRequestBody());
    }

    /** Reads what a refused client still sends, since most send all before they read the refusal. */
    private static void drain(InputStream rest) {
        var buffer = new byte[64 * 1024];
        long total = 0;
        try {
            for (int n = rest.read(buffer); n >= 0 && total < MAX_CODE_BODY; n = rest.read(buffer)) {
                total += n;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client ended its request early");
        }
    }
}
