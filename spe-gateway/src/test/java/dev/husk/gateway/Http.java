package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The gateway's HTTP interface, as a client sees it. */
final class Http {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    record Answer(int status, String body, Map<String, java.util.List<String>> headers) {
        JsonObject json() throws Exception {
            return Json.parse(body.getBytes(StandardCharsets.UTF_8), 16 << 20).getAsJsonObject();
        }

        String contentType() {
            return headers.getOrDefault("content-type", java.util.List.of("")).get(0);
        }
    }

    private Http() {}

    static Answer get(String path, Map<String, String> headers) throws Exception {
        return send(request(path, headers).GET());
    }

    static Answer post(String path, String type, String body, Map<String, String> headers) throws Exception {
        return post(path, type, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static Answer post(String path, String type, byte[] body, Map<String, String> headers) throws Exception {
        return send(
                request(path, headers).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    static Answer postOnFreshConnection(String path, String type, String body, Map<String, String> headers)
            throws Exception {
        var response = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(
                        request(path, headers)
                                .header("Content-Type", type)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(), response.body(), response.headers().map());
    }

    private static HttpRequest.Builder request(String path, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create(ServerUnderTest.base() + path))
                .timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        return request;
    }

    private static Answer send(HttpRequest.Builder request) throws Exception {
        var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(), response.body(), response.headers().map());
    }
}
