package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.local.whisk.EntityPath.Kind;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /namespaces/_/actions}: actions, and their invocation. */
final class Actions implements Resource {
    /** Largest code, as it stands in JSON. */
    static final int MAX_CODE = 48 * 1024 * 1024;

    private static final Pattern BASE64 = Pattern.compile("\\A[A-Za-z0-9+/]++={0,2}\\z");

    private final Entities entities;
    private final Map<String, SandboxKind> kinds;
    private final Sandboxes sandboxes;
    private final Calls calls;
    private final Clock clock;

    Actions(Entities entities, Map<String, SandboxKind> kinds, Sandboxes sandboxes, Calls calls, Clock clock) {
        this.entities = entities;
        this.kinds = kinds;
        this.sandboxes = sandboxes;
        this.calls = calls;
        this.clock = clock;
    }

    @Override
    public Answer answer(Call call, List<String> rest) throws Refused, IOException, InterruptedException {
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return list(call, "");
        }
        if (rest.size() == 2 && rest.get(1).isEmpty()) {
            return list(call, rest.get(0));
        }
        if (rest.size() > 2) {
            throw Refused.missing();
        }
        var path = rest.size() == 1
                ? EntityPath.of(Kind.ACTIONS, "", rest.get(0))
                : EntityPath.of(Kind.ACTIONS, rest.get(0), rest.get(1));
        return switch (call.method()) {
            case "GET" -> Answer.json(200, shown(Callee.find(entities, path), call.flag("code", true)));
            case "PUT" -> put(call, path);
            case "POST" -> calls.invoke(call, Callee.find(entities, path));
            case "DELETE" -> {
                var removed = entities.remove(path);
                sandboxes.retire(removed.revision());
                yield Answer.json(200, removed.toJson());
            }
            default -> throw Refused.method("GET, PUT, POST, DELETE");
        };
    }

    private Answer list(Call call, String packageName) throws Refused {
        var provider = packageName;
        if (!packageName.isEmpty()) {
            var found = entities.get(EntityPath.of(Kind.PACKAGES, "", packageName));
            provider = Packages.bound(found).isEmpty() ? packageName : Packages.bound(found);
        }
        return call.list(Kind.ACTIONS, entities.list(Kind.ACTIONS, provider), Actions::row);
    }

    private static JsonObject row(Entity action) {
        var row = action.summary();
        row.add("limits", action.details().get("limits"));
        var exec = new JsonObject();
        exec.add("binary", action.details().getAsJsonObject("exec").get("binary"));
        row.add("exec", exec);
        return row;
    }

    /** An action of a package shows the parameters that a call gets. */
    private static JsonObject shown(Callee callee, boolean code) {
        var json = callee.action().toJson();
        json.add("parameters", callee.parameters().toJson());
        if (!code) {
            var exec = json.getAsJsonObject("exec").deepCopy();
            exec.remove("code");
            json.add("exec", exec);
        }
        return json;
    }

    private Answer put(Call call, EntityPath path) throws Refused, IOException {
        if (!path.packageName().isEmpty()) {
            var owner = entities.get(EntityPath.of(Kind.PACKAGES, "", path.packageName()));
            if (!Packages.bound(owner).isEmpty()) {
                throw new Refused(400, "Operation not permitted on a package binding.");
            }
        }
        var content = call.jsonObject();
        var replaced = entities.find(path);
        var after = entities.change(path, before -> {
            call.mayReplace(before);
            return changed(path, before, content);
        });
        replaced.ifPresent(entity -> sandboxes.retire(entity.revision()));
        return Answer.json(200, after.toJson());
    }

    private Entity changed(EntityPath path, Optional<Entity> before, JsonObject content) throws Refused {
        JsonObject exec;
        var given = content.get("exec");
        if (given != null && !given.isJsonNull()) {
            exec = exec(given);
        } else if (before.isPresent()) {
            exec = before.get().details().getAsJsonObject("exec");
        } else {
            throw Refused.malformed("exec is undefined");
        }
        var details = new JsonObject();
        details.add("exec", exec);
        details.add(
                "limits",
                ActionLimits.parse(
                                content.get("limits"),
                                before.map(Invoker::limitsOf).orElse(ActionLimits.DEFAULT))
                        .toJson());
        var edit = Edit.of(content, before);
        var annotations = edit.annotations();
        if (before.isEmpty() && annotations.get("provide-api-key").isEmpty()) {
            annotations = annotations.with("provide-api-key", new JsonPrimitive(false));
        }
        annotations = annotations.with("exec", exec.get("kind"));
        return new Edit(edit.version(), edit.parameters(), annotations).at(path, details, clock);
    }

    private JsonObject exec(JsonElement given) throws Refused {
        if (!(given instanceof JsonObject object)
                || !(object.get("kind") instanceof JsonPrimitive kind)
                || !kind.isString()) {
            throw Refused.malformed("exec must be an object with a kind");
        }
        if (!kinds.containsKey(kind.getAsString())) {
            throw Refused.malformed("The requested kind '%s' is not supported; known are %s"
                    .formatted(kind.getAsString(), String.join(", ", kinds.keySet())));
        }
        var exec = new JsonObject();
        exec.add("kind", kind);
        if (!(object.get("code") instanceof JsonPrimitive code) || !code.isString()) {
            throw Refused.malformed("exec.code must be a text");
        }
        var text = code.getAsString();
        if (text.length() > MAX_CODE) {
            throw new Refused(413, "exec size larger than allowed: %d > %d bytes.".formatted(text.length(), MAX_CODE));
        }
        boolean binary = text.length() % 4 == 0 && BASE64.matcher(text).matches();
        exec.add("code", code);
        if (object.get("main") instanceof JsonPrimitive main && main.isString()) {
            exec.add("main", main);
        }
        exec.addProperty("binary", binary);
        return exec;
    }
}
