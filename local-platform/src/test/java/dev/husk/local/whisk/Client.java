package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** Speaks to a server under test with its key, or without. */
final class Client {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final String authorization;

    Client(WhiskServer server) {
        this.url = server.url();
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString(server.auth().getBytes(StandardCharsets.UTF_8));
    }

    /** An answer with its body as text. */
    record Reply(int status, String body, HttpHeaders headers) {
        JsonElement json() {
            return JsonParser.parseString(body);
        }

        JsonObject object() {
            return json().getAsJsonObject();
        }

        Reply is(int expected) {
            assertThat(status).as(body).isEqualTo(expected);
            return this;
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /** @param path below {@code /api/v1/namespaces/_/} */
    Reply call(String method, String path, String body) throws IOException, InterruptedException {
        return send(request(method, "/api/v1/namespaces/_/" + path, body).header("Authorization", authorization));
    }

    Reply get(String path) throws IOException, InterruptedException {
        return call("GET", path, "");
    }

    HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(url.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
    }

    Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(answer.statusCode(), answer.body(), answer.headers());
    }

    String authorization() {
        return authorization;
    }

    /** Creates an action whose runtime behaves as {@code code} says. */
    JsonObject create(String path, String code) throws IOException, InterruptedException {
        return create(path, code, "{}");
    }

    /** @param more members of the body beside {@code exec} */
    JsonObject create(String path, String code, String more) throws IOException, InterruptedException {
        return create(path, code, more, 200);
    }

    JsonObject create(String path, String code, String more, int status) throws IOException, InterruptedException {
        var body = JsonParser.parseString(more).getAsJsonObject();
        var exec = new JsonObject();
        exec.addProperty("kind", "fake:default");
        exec.addProperty("code", code);
        body.add("exec", exec);
        return call("PUT", "actions/" + path, body.toString()).is(status).object();
    }

    Reply invoke(String path, String body) throws IOException, InterruptedException {
        return call("POST", "actions/" + path + "?blocking=true", body);
    }

    /**
     * Sends a path that a URI class would refuse; answers the status, and 0 if there is no answer. The body waits until
     * the server asks for it: one that refuses the head would close with the body unread, and the reset that follows
     * can overtake its answer.
     */
    int raw(String method, String path, String body) throws IOException {
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(30_000);
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            var head = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                    + authorization + "\r\nExpect: 100-continue\r\nContent-Length: " + bytes.length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            int status = status(socket.getInputStream());
            if (status != 100) {
                return status;
            }
            socket.getOutputStream().write(bytes);
            return status(socket.getInputStream());
        } catch (SocketException e) {
            throw new IOException(method + " " + path + " " + body, e);
        }
    }

    /** Reads a head and answers its status; 0 if the connection ends first. */
    private static int status(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return 0;
            }
            head.append((char) c);
        }
        return Integer.parseInt(head.substring(9, 12));
    }
}
