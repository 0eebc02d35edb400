package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.tls.Authorities;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The gateway's API as the command line uses it. Answers over 16 MiB are refused. Safe to share between threads. */
final class GatewayClient {
    private static final int MAX_ANSWER = 16 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final URI base;
    private final HttpClient http;

    private GatewayClient(URI base, HttpClient http) {
        this.base = base;
        this.http = http;
    }

    /** @param authority a file with the certificates that alone may vouch for the gateway; empty for the machine's */
    static GatewayClient of(String url, Optional<Path> authority) throws CommandFailed, IOException {
        var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
        if (authority.isPresent()) {
            try {
                http.sslContext(Authorities.trusting(Files.readAllBytes(authority.get())));
            } catch (NoSuchFileException | CertificateException e) {
                throw CommandFailed.unusable("HUSK_CA: " + authority.get() + " holds no certificates in PEM");
            }
        }
        return new GatewayClient(ServerUrl.parse(url, "the gateway"), http.build());
    }

    JsonElement get(String path, Map<String, String> headers) throws CommandFailed {
        return json(path, send(request(path, headers).GET()));
    }

    String text(String path) throws CommandFailed {
        return send(request(path, Map.of()).GET());
    }

    /** A file; empty where there is none. */
    Optional<byte[]> file(String path) throws CommandFailed {
        var response = exchange(request(path, Map.of()).GET(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        if (response.statusCode() / 100 == 2) {
            return Optional.of(response.body());
        }
        throw failure(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
    }

    /**
     * An answer, and the connection it came by.
     *
     * @param certificate {@code sha256:hex} of the server's certificate; empty where the connection is not TLS
     */
    record Answer(JsonElement json, Optional<String> certificate) {}

    /** Posts JSON, and says by which connection the answer came. */
    Answer ask(String path, JsonObject body) throws CommandFailed {
        var response = exchange(request(path, Map.of())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        return new Answer(json(path, response.body()), response.sslSession().map(GatewayClient::certificate));
    }

    private static String certificate(SSLSession session) {
        try {
            return Digests.sha256(session.getPeerCertificates()[0].getEncoded());
        } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
            return "none"; // equals no fingerprint
        }
    }

    JsonElement post(String path, String contentType, String body, Map<String, String> headers) throws CommandFailed {
        return json(
                path,
                send(request(path, headers)
                        .header("Content-Type", contentType)
                        .POST(HttpRequest.BodyPublishers.ofString(body))));
    }

    private HttpRequest.Builder request(String path, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
        headers.forEach(request::header);
        return request;
    }

    private String send(HttpRequest.Builder request) throws CommandFailed {
        return exchange(request).body();
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) throws CommandFailed {
        var response = exchange(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 == 2) {
            return response;
        }
        throw failure(response.statusCode(), response.body());
    }

    private <T> HttpResponse<T> exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
            throws CommandFailed {
        HttpResponse<T> response;
        try {
            response = http.send(request.build(), body);
        } catch (IOException e) {
            var certificate = CertificateProblem.of(e);
            if (certificate.isPresent()) {
                throw CommandFailed.refused("nothing was sent to " + base + ", its certificate is not believed: "
                        + certificate.get() + " (HUSK_CA=FILE names authorities of your own)");
            }
            throw CommandFailed.unreachable("the gateway at " + base + " does not answer ("
                    + e.getClass().getSimpleName().replace("Exception", "").toLowerCase(Locale.ROOT)
                    + "): is it running? `husk up` starts a local one");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while waiting for the gateway");
        }
        if (response.body() instanceof String text && text.length() > MAX_ANSWER
                || response.body() instanceof byte[] bytes && bytes.length > MAX_ANSWER) {
            throw CommandFailed.unreachable("the gateway's answer is larger than 16 MiB");
        }
        return response;
    }

    private CommandFailed failure(int status, String body) {
        var text = "the gateway answered " + status;
        try {
            var problem = Json.parse(body.getBytes(StandardCharsets.UTF_8), MAX_ANSWER);
            if (problem instanceof JsonObject object) {
                var lines = new ArrayList<String>();
                lines.add(member(object, "detail", member(object, "title", text)));
                if (object.get("reasons") != null && object.get("reasons").isJsonArray()) {
                    object.getAsJsonArray("reasons")
                            .forEach(reason -> lines.add(
                                    reason instanceof JsonObject named
                                            ? member(named, "code", "?") + ": " + member(named, "detail", "")
                                            : reason.toString()));
                }
                lines.replaceAll(Terminal::printable);
                text = String.join("\n  - ", lines);
            }
        } catch (MalformedJsonException e) {
            // Not problem+json: the status is what there is to say.
            text = status == 401
                    ? "the gateway does not accept the party's token: it is expired, damaged or another issuer's"
                    : "%s answered %d without saying why: is it a gateway?".formatted(base, status);
        }
        return switch (status) {
            case 400, 404, 409, 413, 415, 422 -> CommandFailed.unusable(text);
            case 401, 403, 410 -> CommandFailed.refused(text);
            default -> CommandFailed.unreachable(text);
        };
    }

    /** A text member of an answer. */
    static String text(JsonElement answer, String name) throws CommandFailed {
        if (answer instanceof JsonObject object
                && object.get(name) instanceof JsonPrimitive value
                && value.isString()) {
            return value.getAsString();
        }
        throw CommandFailed.unreachable("the gateway's answer has no text '" + name + "'");
    }

    /** A member of an answer that is a whole number from 0. */
    static long whole(JsonObject object, String name) throws CommandFailed {
        if (object.get(name) instanceof JsonPrimitive value
                && value.isNumber()
                && value.getAsNumber() instanceof Long number
                && number >= 0) {
            return number;
        }
        throw CommandFailed.unreachable("the gateway's answer has no whole number '" + name + "'");
    }

    private static String member(JsonObject object, String name, String otherwise) {
        var value = object.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : otherwise;
    }

    private static JsonElement json(String path, String body) throws CommandFailed {
        try {
            return Json.parse(body.getBytes(StandardCharsets.UTF_8), MAX_ANSWER);
        } catch (MalformedJsonException e) {
            throw CommandFailed.unreachable("the gateway's answer to " + path + " is not JSON: " + e.getMessage());
        }
    }
}
