package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.local.whisk.Activation.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code /web/NAMESPACE/PACKAGE/ACTION.EXTENSION}: actions that anyone may call over plain HTTP, because their
 * annotation {@code web-export} says so.
 */
final class WebActions implements Resource {
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");
    private static final Set<String> RESERVED =
            Set.of("__ow_method", "__ow_headers", "__ow_path", "__ow_user", "__ow_query", "__ow_body");

    private final Entities entities;
    private final Dispatcher dispatcher;
    private final Calls calls;

    WebActions(Entities entities, Dispatcher dispatcher, Calls calls) {
        this.entities = entities;
        this.dispatcher = dispatcher;
        this.calls = calls;
    }

    @Override
    public Answer answer(Call call, List<String> rest) throws Refused, IOException, InterruptedException {
        if (!METHODS.contains(call.method())) {
            throw Refused.method(String.join(", ", METHODS));
        }
        if (rest.size() < 3 || !rest.get(0).equals(WhiskServer.NAMESPACE)) {
            throw Refused.missing();
        }
        var media = WebMedia.of(rest.get(2));
        var name = media.withoutExtension(rest.get(2));
        var packageName = rest.get(1).equals("default") ? "" : rest.get(1);
        var callee = Callee.find(entities, EntityPath.of(EntityPath.Kind.ACTIONS, packageName, name));
        var annotations = callee.action().annotations();
        if (!annotations.isTrue("web-export")) {
            throw Refused.missing();
        }
        boolean ownOptions = annotations.isTrue("web-custom-options");
        if (!ownOptions && call.method().equals("OPTIONS")) {
            return withCors(call, Answer.empty(200));
        }
        Answer answer;
        try {
            answer = invoke(call, callee, media, ownOptions);
        } catch (Refused e) {
            answer = Answer.error(e.status(), e.text(), call.transaction());
        }
        return ownOptions ? answer : withCors(call, answer);
    }

    private Answer invoke(Call call, Callee callee, WebMedia media, boolean ownOptions)
            throws Refused, InterruptedException {
        var annotations = callee.action().annotations();
        boolean preflight = ownOptions && call.method().equals("OPTIONS");
        if (!preflight && !isAllowed(call, annotations)) {
            throw new Refused(401, "The supplied authentication is invalid.");
        }
        boolean raw = annotations.isTrue("raw-http");
        var arguments = arguments(call, callee, raw);
        // Raw arguments cannot name a parameter, so only the reserved ones go in, past the check of final parameters.
        var running = dispatcher.start(callee, arguments, "", call.transaction());
        var end = calls.await(running, calls.longestWait());
        if (end.isEmpty()) {
            return Answer.error(202, "Response not yet ready.", call.transaction())
                    .with("x-openwhisk-activation-id", running.id());
        }
        return shown(end.get(), media, call.transaction()).with("x-openwhisk-activation-id", running.id());
    }

    private static Answer shown(Activation activation, WebMedia media, String transaction) throws Refused {
        if (activation.status() == Status.SUCCESS) {
            return media.answer(activation.result());
        }
        if (activation.status() == Status.APPLICATION_ERROR
                && activation.result() instanceof JsonObject object
                && object.has("error")) {
            return media.answer(object.get("error"));
        }
        return Answer.error(400, "There was an error processing your request.", transaction);
    }

    private static boolean isAllowed(Call call, Parameters annotations) {
        var required = annotations.get("require-whisk-auth");
        if (required.isEmpty()) {
            return true;
        }
        if (!(required.get() instanceof JsonPrimitive secret)) {
            return false;
        }
        if (secret.isBoolean()) {
            return secret.getAsBoolean() && call.authenticated();
        }
        var given = call.header("X-Require-Whisk-Auth").orElse("");
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), secret.getAsString().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonObject arguments(Call call, Callee callee, boolean raw) throws Refused {
        var arguments = new JsonObject();
        var body = body(call, raw);
        if (!raw) {
            call.query().forEach(arguments::addProperty);
            if (body instanceof JsonObject object) {
                object.entrySet().forEach(member -> arguments.add(member.getKey(), member.getValue()));
            }
            if (arguments.keySet().stream().anyMatch(RESERVED::contains)) {
                throw Callee.notAllowed();
            }
            callee.checkOverrides(arguments.keySet());
        }
        if (raw) {
            arguments.addProperty("__ow_query", call.rawQuery());
            arguments.add("__ow_body", body.isJsonNull() ? new JsonPrimitive("") : body);
        } else if (!(body instanceof JsonObject) && !body.isJsonNull()) {
            arguments.add("__ow_body", body);
        }
        arguments.addProperty("__ow_method", call.method().toLowerCase(Locale.ROOT));
        var headers = new JsonObject();
        call.headers()
                .forEach((name, values) ->
                        headers.addProperty(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        arguments.add("__ow_headers", headers);
        arguments.addProperty("__ow_path", pathAfterAction(call.rawPath()));
        if (call.authenticated()) {
            arguments.addProperty("__ow_user", WhiskServer.NAMESPACE);
        }
        return arguments;
    }

    private static JsonElement body(Call call, boolean raw) throws Refused {
        if (call.body().length == 0) {
            return JsonNull.INSTANCE;
        }
        var type = WebMedia.mediaType(call.header("Content-Type").orElse("application/octet-stream"));
        if (!raw && WebMedia.isJson(type)) {
            return call.json();
        }
        if (!raw && type.equals("application/x-www-form-urlencoded")) {
            var form = new JsonObject();
            Call.pairs(new String(call.body(), StandardCharsets.UTF_8)).forEach(form::addProperty);
            return form;
        }
        return new JsonPrimitive(
                WebMedia.isBinary(type) || type.equals("application/json")
                        ? Base64.getEncoder().encodeToString(call.body())
                        : new String(call.body(), StandardCharsets.UTF_8));
    }

    /** What stands after {@code /api/v1/web/NS/PACKAGE/ACTION}, escapes as sent. */
    private static String pathAfterAction(String rawPath) {
        int at = 0;
        for (int slashes = 0; slashes < 7; slashes++) {
            at = rawPath.indexOf('/', at) + 1;
            if (at == 0) {
                return "";
            }
        }
        return rawPath.substring(at - 1);
    }

    private static Answer withCors(Call call, Answer answer) {
        var cors = Map.of(
                "Access-Control-Allow-Origin",
                "*",
                "Access-Control-Allow-Methods",
                "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH",
                "Access-Control-Allow-Headers",
                call.header("Access-Control-Request-Headers")
                        .orElse("Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent"));
        var result = answer;
        for (var header : cors.entrySet()) {
            if (answer.headers().stream().noneMatch(own -> own.getKey().equalsIgnoreCase(header.getKey()))) {
                result = result.with(header.getKey(), header.getValue());
            }
        }
        return result;
    }
}
