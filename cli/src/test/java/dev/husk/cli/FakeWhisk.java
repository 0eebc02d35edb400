package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** OpenWhisk's API for one activation at a time, which ends after some looks at it. */
final class FakeWhisk extends FakeServer {
    static final String ID = "0123456789abcdef0123456789abcdef";

    final Map<String, JsonObject> actions = new LinkedHashMap<>();
    JsonObject invoked = new JsonObject();
    JsonElement result = new JsonObject();
    /** What runs; by default it gives {@link #result}. */
    UnaryOperator<JsonElement> function = parameters -> result;

    boolean success = true;
    private JsonElement answer = new JsonObject();
    int looks;
    boolean blocks = true;

    FakeWhisk() throws IOException {}

    @Override
    Answer answer(Request request) {
        if (!request.header("Authorization").equals("Basic dXVpZDprZXk=")) {
            return Answer.of(401, "{\"error\":\"The supplied authentication is invalid\",\"code\":\"x\"}");
        }
        var path = request.path().substring("/api/v1/namespaces/_/".length());
        if (path.startsWith("actions/")) {
            return action(request, path.substring("actions/".length()));
        }
        if (path.equals("activations/" + ID + "/logs")) {
            return Answer.of(200, "{\"logs\":[\"2026-11-25T10:00:00Z stdout: HUSK progress 0.5 epoch 30\"]}");
        }
        if (path.equals("activations/" + ID) && looks-- <= 0) {
            return Answer.of(200, activation());
        }
        return Answer.of(404, "{\"error\":\"The requested resource does not exist.\",\"code\":\"x\"}");
    }

    private Answer action(Request request, String name) {
        if (request.method().equals("PUT")) {
            var action = JsonParser.parseString(request.text()).getAsJsonObject();
            actions.put(name, action);
            return Answer.of(200, "{\"name\":\"%s\",\"version\":\"0.0.1\"}".formatted(name));
        }
        if (!actions.containsKey(name)) {
            return Answer.of(404, "{\"error\":\"The requested resource does not exist.\",\"code\":\"x\"}");
        }
        invoked = JsonParser.parseString(request.text()).getAsJsonObject();
        answer = function.apply(invoked);
        if (blocks && "true".equals(request.query().get("blocking"))) {
            return Answer.of(success ? 200 : 502, activation());
        }
        return Answer.of(202, "{\"activationId\":\"%s\"}".formatted(ID));
    }

    private JsonObject activation() {
        var response = new JsonObject();
        response.addProperty("status", success ? "success" : "application error");
        response.addProperty("success", success);
        response.add("result", answer);
        var activation = new JsonObject();
        activation.addProperty("activationId", ID);
        activation.add("response", response);
        return activation;
    }
}
