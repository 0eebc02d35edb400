package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.local.whisk.EntityPath.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The paths of the REST API. */
final class Api {
    private static final String VERSION = "v1";

    private final Map<String, Resource> collections;
    private final Resource web;
    private final Map<String, SandboxKind> kinds;

    /** @param collections by the name that stands after the namespace */
    Api(Map<String, Resource> collections, Resource web, Map<String, SandboxKind> kinds) {
        this.collections = collections;
        this.web = web;
        this.kinds = kinds;
    }

    static boolean needsKey(List<String> path) {
        return path.size() > 2 && path.get(2).equals("namespaces");
    }

    Answer answer(Call call) throws Refused, IOException, InterruptedException {
        var path = call.path();
        if (path.equals(List.of(""))) {
            return Answer.json(200, description());
        }
        if (path.equals(List.of("ping"))) {
            return Answer.of(200, "text/plain; charset=UTF-8", "pong".getBytes(StandardCharsets.UTF_8));
        }
        if (path.size() < 2 || !path.get(0).equals("api") || !path.get(1).equals(VERSION)) {
            throw Refused.missing();
        }
        var rest = path.subList(2, path.size());
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return Answer.json(200, version());
        }
        return switch (rest.get(0)) {
            case "web" -> web.answer(call, rest.subList(1, rest.size()));
            case "namespaces" -> namespaces(call, rest.subList(1, rest.size()));
            default -> throw Refused.missing();
        };
    }

    private Answer namespaces(Call call, List<String> rest) throws Refused, IOException, InterruptedException {
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            get(call);
            var names = new JsonArray();
            names.add(WhiskServer.NAMESPACE);
            return Answer.json(200, names);
        }
        if (!WhiskServer.isOwn(rest.get(0))) {
            throw new Refused(403, "The supplied authentication is not authorized to access this resource.");
        }
        if (rest.size() == 1) {
            return namespace(call);
        }
        var collection = collections.get(rest.get(1));
        if (collection == null) {
            throw Refused.missing();
        }
        return collection.answer(call, rest.subList(2, rest.size()));
    }

    /** Everything in the namespace, as older clients ask for it. */
    private Answer namespace(Call call) throws Refused, IOException, InterruptedException {
        get(call);
        var all = new JsonObject();
        for (var kind : Kind.values()) {
            var list = collections.get(kind.segment());
            if (list != null) {
                var rows = new String(list.answer(call, List.of()).body(), StandardCharsets.UTF_8);
                all.add(kind.segment(), JsonParser.parseString(rows));
            }
        }
        return Answer.json(200, all);
    }

    private static void get(Call call) throws Refused {
        if (!call.method().equals("GET")) {
            throw Refused.method("GET");
        }
    }

    private static JsonObject version() {
        var json = new JsonObject();
        json.addProperty("description", "OpenWhisk API");
        json.addProperty("api_version", "1.0.0");
        json.addProperty("api_version_path", VERSION);
        json.addProperty("build", "husk local platform");
        json.addProperty("buildno", "1");
        return json;
    }

    private JsonObject description() {
        var json = new JsonObject();
        json.addProperty("description", "OpenWhisk");
        var paths = new JsonArray();
        paths.add("/api/" + VERSION);
        json.add("api_paths", paths);
        var limits = new JsonObject();
        limits.addProperty("concurrent_actions", Dispatcher.MOST);
        limits.addProperty("max_action_duration", ActionLimits.MAX_TIMEOUT);
        limits.addProperty("min_action_duration", ActionLimits.MIN_TIMEOUT);
        limits.addProperty("max_action_memory", ActionLimits.MAX_MEMORY * 1024L * 1024L);
        limits.addProperty("min_action_memory", ActionLimits.MIN_MEMORY * 1024L * 1024L);
        limits.addProperty("max_action_logs", ActionLimits.MAX_LOGS * 1024L * 1024L);
        json.add("limits", limits);
        var runtimes = new JsonObject();
        for (var kind : kinds.keySet()) {
            var family = kind.contains(":") ? kind.substring(0, kind.indexOf(':')) : kind;
            var row = new JsonObject();
            row.addProperty("kind", kind);
            row.addProperty("default", true);
            row.addProperty("deprecated", false);
            row.addProperty("requireMain", true);
            row.addProperty("attached", true);
            if (!runtimes.has(family)) {
                runtimes.add(family, new JsonArray());
            }
            runtimes.getAsJsonArray(family).add(row);
        }
        json.add("runtimes", runtimes);
        return json;
    }
}
