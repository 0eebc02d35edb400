package dev.husk.runtime.attest;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.guest.PlainHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** The calls to the gateway's KBS API, one method each. Decides nothing. Safe to share between threads. */
public final class Gateway {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_ANSWER = 8 << 20;

    private final URI base;
    private final Optional<SSLContext> tls;
    private volatile Optional<HttpClient> client = Optional.empty();

    /** @param base for example {@code https://gateway.example/} */
    public Gateway(URI base) {
        this(base, Optional.empty());
    }

    /** @param tls which servers to believe; empty for those that the machine believes */
    public Gateway(URI base, Optional<SSLContext> tls) {
        var host = base.getHost();
        // A token in the clear could be used by whoever sees it pass, until it expires.
        boolean loopback = "127.0.0.1".equals(host) || "localhost".equals(host) || "[::1]".equals(host);
        if (host == null || !("https".equals(base.getScheme()) || "http".equals(base.getScheme()) && loopback)) {
            throw new IllegalArgumentException("the gateway is an https URL (or http on this machine), not " + base);
        }
        this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
        this.tls = tls;
    }

    /** Made on first use, for a client costs more to make than the rest of a start. */
    private HttpClient http() {
        var made = client;
        return made.isPresent() ? made.get() : make();
    }

    private synchronized HttpClient make() {
        if (client.isEmpty()) {
            var builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
            if (tls.isPresent()) {
                builder.sslContext(tls.get());
            } else if ("http".equals(base.getScheme())) {
                builder.sslContext(PlainHttp.believesNobody());
            }
            client = Optional.of(builder.build());
        }
        return client.orElseThrow();
    }

    /** What the gateway answered: any status, and a JSON object, empty where the body was none. */
    record Reply(int status, JsonObject body) {
        /** @throws GatewayException if the member is not there as text */
        String text(String member) throws GatewayException {
            if (body.get(member) instanceof JsonPrimitive value && value.isString()) {
                return value.getAsString();
            }
            throw new GatewayException("the gateway's answer has no " + member);
        }

        GatewayException unexpected(String call) {
            var detail = body.get("detail") instanceof JsonPrimitive text ? ": " + text.getAsString() : "";
            return new GatewayException(RefusedException.printable(
                    "the gateway answered %s with status %d%s".formatted(call, status, detail)));
        }
    }

    /** A nonce, to be used once, and the cookie of its session. */
    record Session(String nonce, String cookie) {}

    Session auth() throws GatewayException {
        var body = new JsonObject();
        body.addProperty("version", "0.4.0");
        body.addProperty("tee", "snp");
        body.add("extra-params", new JsonObject());
        var response = send(request("kbs/v0/auth")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(CanonicalJson.encode(body))));
        var reply = reply(response);
        if (reply.status() != 200) {
            throw reply.unexpected("auth");
        }
        for (var cookie : response.headers().allValues("set-cookie")) {
            if (cookie.startsWith("kbs-session-id=")) {
                return new Session(reply.text("nonce"), cookie.split(";", 2)[0]);
            }
        }
        throw new GatewayException("the gateway's answer has no session cookie");
    }

    /** Asks for the log's checkpoint, the smallest public answer, so that the connection stays open. Fails quietly. */
    void touch() {
        try {
            send(request("log/checkpoint").GET());
        } catch (GatewayException e) {
            // The next call opens another connection, or says what is wrong.
        }
    }

    Reply attest(Session session, JsonObject body) throws GatewayException {
        return reply(send(request("kbs/v0/attest")
                .header("Content-Type", "application/json")
                .header("Cookie", session.cookie())
                .POST(BodyPublishers.ofByteArray(CanonicalJson.encode(body)))));
    }

    /** @param call {@code release} or {@code renew} */
    Reply statement(String call, Optional<String> token, String statement) throws GatewayException {
        var request = request("kbs/v0/husk/" + call)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(statement));
        token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
        return reply(send(request));
    }

    Reply run(String token, JsonObject envelope) throws GatewayException {
        return reply(send(request("kbs/v0/husk/run")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.ofByteArray(CanonicalJson.encode(envelope)))));
    }

    Reply key(String token, String contract, String name) throws GatewayException {
        return reply(send(request("kbs/v0/resource/" + contract + "/" + name + "/key")
                .header("Authorization", "Bearer " + token)
                .GET()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
    }

    private record Response(int status, byte[] body, java.net.http.HttpHeaders headers) {}

    private Response send(HttpRequest.Builder request) throws GatewayException {
        try {
            var response = http().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var in = response.body()) {
                byte[] body = in.readNBytes(MAX_ANSWER + 1);
                if (body.length > MAX_ANSWER) {
                    throw new GatewayException("the gateway's answer is longer than %d bytes".formatted(MAX_ANSWER));
                }
                return new Response(response.statusCode(), body, response.headers());
            }
        } catch (GatewayException e) {
            throw e;
        } catch (IOException e) {
            throw new GatewayException("the gateway at " + base + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GatewayException("interrupted while waiting for the gateway", e);
        }
    }

    private static Reply reply(Response response) {
        try {
            if (Json.parse(response.body(), MAX_ANSWER) instanceof JsonObject body) {
                return new Reply(response.status(), body);
            }
        } catch (MalformedJsonException e) {
            // an error page of something in between; its status says enough
        }
        return new Reply(response.status(), new JsonObject());
    }
}
