package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * OpenWhisk's REST API as far as Husk uses it. Settings: {@code whisk_url} (without {@code /api/v1}) and
 * {@code whisk_auth} ({@code uuid:key}). Answers over 16 MiB are refused.
 */
final class WhiskClient {
    private static final int MAX_ANSWER = 16 << 20;
    /** OpenWhisk itself answers a blocking call after 60 seconds at the latest. */
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private static final Pattern NAME = Pattern.compile("\\w([\\w@.-]{0,254}[\\w@.-])?");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /** An invocation that was taken on; the activation is there when it has ended already. */
    record Started(String activationId, Optional<JsonObject> activation) {}

    private final URI base;
    private final String authorization;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private WhiskClient(URI base, String authorization) {
        this.base = base;
        this.authorization = authorization;
    }

    static WhiskClient of(Settings settings) throws CommandFailed, IOException {
        var url = settings.require("whisk_url", "OpenWhisk URL");
        var key = settings.require("whisk_auth", "OpenWhisk key (uuid:key)");
        return new WhiskClient(
                ServerUrl.parse(url, "OpenWhisk"),
                "Basic " + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)));
    }

    Started invoke(String action, JsonObject parameters, boolean blocking) throws CommandFailed {
        var response = send(request("actions/" + name(action) + "?blocking=" + blocking + "&result=false")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(parameters.toString())));
        var body = object(response);
        // 200 and 502 carry the activation: it ended well, or with an error of the action.
        if (response.statusCode() == 200
                || response.statusCode() / 100 == 5 && body.get("response") instanceof JsonObject) {
            return new Started(id(body), Optional.of(body));
        }
        if (response.statusCode() == 202) {
            return new Started(id(body), Optional.empty());
        }
        throw failure(response.statusCode(), body, action);
    }

    /** The activation, once it has ended. */
    Optional<JsonObject> activation(String id) throws CommandFailed {
        var response = send(request("activations/" + id).GET());
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        var body = object(response);
        if (response.statusCode() != 200) {
            throw failure(response.statusCode(), body, "activation " + id);
        }
        return Optional.of(body);
    }

    /** The id of the action's last activation, if OpenWhisk remembers one. */
    Optional<String> lastActivation(String action) throws CommandFailed {
        var response = send(request("activations?limit=1&name=" + name(action)).GET());
        if (response.statusCode() != 200) {
            throw failure(response.statusCode(), object(response), action);
        }
        return json(response) instanceof JsonArray list && !list.isEmpty() && list.get(0) instanceof JsonObject last
                ? Optional.of(id(last))
                : Optional.empty();
    }

    /** What the activation wrote so far; nothing where OpenWhisk does not tell before the end. */
    List<String> logs(String id) throws CommandFailed {
        var response = send(request("activations/" + id + "/logs").GET());
        var lines = new ArrayList<String>();
        if (response.statusCode() == 200 && object(response).get("logs") instanceof JsonArray logs) {
            for (var line : logs) {
                if (line instanceof JsonPrimitive text) {
                    lines.add(text.getAsString());
                }
            }
        }
        return lines;
    }

    /** Creates the action, or replaces the one of this name; the answer is the action as it stands. */
    JsonObject put(String action, JsonObject definition) throws CommandFailed {
        var response = send(request("actions/" + name(action) + "?overwrite=true")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(definition.toString())));
        var body = object(response);
        if (response.statusCode() != 200) {
            throw failure(response.statusCode(), body, action);
        }
        return body;
    }

    private static String name(String action) throws CommandFailed {
        if (!NAME.matcher(action).matches()) {
            throw CommandFailed.unusable("'" + action + "' cannot be an action's name");
        }
        return action;
    }

    private static String id(JsonObject body) throws CommandFailed {
        if (body.get("activationId") instanceof JsonPrimitive id
                && ID.matcher(id.getAsString()).matches()) {
            return id.getAsString();
        }
        throw CommandFailed.unreachable("OpenWhisk's answer names no activation");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve("api/v1/namespaces/_/" + path))
                .timeout(TIMEOUT)
                .header("Authorization", authorization);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws CommandFailed {
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.body().length() > MAX_ANSWER) {
                throw CommandFailed.unreachable("OpenWhisk's answer is larger than 16 MiB");
            }
            return response;
        } catch (IOException e) {
            var certificate = CertificateProblem.of(e);
            if (certificate.isPresent()) {
                throw CommandFailed.refused(
                        "nothing was sent to " + base + ", its certificate is not believed: " + certificate.get());
            }
            throw CommandFailed.unreachable("OpenWhisk at " + base + " does not answer: is it running? "
                    + "`husk up` starts a local one (setting: HUSK_WHISK_URL)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while waiting for OpenWhisk");
        }
    }

    private static JsonObject object(HttpResponse<String> response) throws CommandFailed {
        return json(response) instanceof JsonObject object ? object : new JsonObject();
    }

    private static JsonElement json(HttpResponse<String> response) throws CommandFailed {
        try {
            return Json.parse(response.body().getBytes(StandardCharsets.UTF_8), MAX_ANSWER);
        } catch (MalformedJsonException e) {
            throw CommandFailed.unreachable("OpenWhisk answered " + response.statusCode() + ", and not in JSON");
        }
    }

    private static CommandFailed failure(int status, JsonObject body, String what) {
        var said = body.get("error") instanceof JsonPrimitive text ? ": " + Terminal.printable(text.getAsString()) : "";
        return switch (status) {
            case 401, 403 ->
                CommandFailed.refused("OpenWhisk refuses the key" + said + " (setting: HUSK_WHISK_AUTH=uuid:key)");
            case 404 ->
                CommandFailed.unusable(
                        "OpenWhisk has no action " + what + ": deploy it with `husk action deploy " + what + " JAR`");
            case 400, 409, 413 -> CommandFailed.unusable("OpenWhisk does not take " + what + said);
            case 429 -> CommandFailed.unreachable("OpenWhisk is busy" + said + ": try again later");
            default -> CommandFailed.unreachable("OpenWhisk answered " + status + said);
        };
    }
}
