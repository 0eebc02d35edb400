package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.local.whisk.EntityPath.Kind;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /namespaces/_/rules}: which action a trigger invokes. */
final class Rules implements Resource {
    private final Entities entities;
    private final Clock clock;

    Rules(Entities entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    static boolean isActive(Entity rule) {
        return rule.details().get("status").getAsString().equals("active");
    }

    /** The trigger or action that a stored rule names. */
    static EntityPath reference(Entity rule, String member) {
        var reference = rule.details().getAsJsonObject(member);
        var path = reference.get("path").getAsString();
        int slash = path.indexOf('/');
        return new EntityPath(
                member.equals("trigger") ? Kind.TRIGGERS : Kind.ACTIONS,
                slash < 0 ? "" : path.substring(slash + 1),
                reference.get("name").getAsString());
    }

    @Override
    public Answer answer(Call call, List<String> rest) throws Refused, IOException {
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return call.list(Kind.RULES, entities.list(Kind.RULES, ""), Entity::toJson);
        }
        if (rest.size() > 1) {
            throw Refused.missing();
        }
        var path = EntityPath.of(Kind.RULES, "", rest.get(0));
        return switch (call.method()) {
            case "GET" -> Answer.json(200, entities.get(path).toJson());
            case "PUT" -> put(call, path);
            case "POST" -> status(call, path);
            case "DELETE" -> Answer.json(200, entities.remove(path).toJson());
            default -> throw Refused.method("GET, PUT, POST, DELETE");
        };
    }

    private Answer put(Call call, EntityPath path) throws Refused, IOException {
        var content = call.jsonObject();
        var after = entities.change(path, before -> {
            call.mayReplace(before);
            var details = new JsonObject();
            details.add("trigger", reference(Kind.TRIGGERS, content.get("trigger"), before, "trigger"));
            details.add("action", reference(Kind.ACTIONS, content.get("action"), before, "action"));
            details.add(
                    "status",
                    before.map(rule -> rule.details().get("status")).orElseGet(() -> new JsonPrimitive("active")));
            return Edit.of(content, before).at(path, details, clock);
        });
        return Answer.json(200, after.toJson());
    }

    private Answer status(Call call, EntityPath path) throws Refused, IOException {
        if (!(call.jsonObject().get("status") instanceof JsonPrimitive status)
                || !status.getAsString().matches("active|inactive")) {
            throw Refused.malformed("status must be active or inactive");
        }
        entities.get(path);
        var after = entities.change(path, before -> {
            var rule = before.orElseThrow(Refused::missing);
            var details = rule.details().deepCopy();
            details.add("status", status);
            return new Edit(rule.version(), rule.parameters(), rule.annotations()).at(path, details, clock);
        });
        return Answer.json(200, after.toJson());
    }

    /** Reads {@code /guest/name}, {@code /_/package/name} or an object of path and name, of something that exists. */
    private JsonElement reference(Kind kind, @Nullable JsonElement given, Optional<Entity> before, String member)
            throws Refused {
        if (given == null || given.isJsonNull()) {
            return before.map(rule -> rule.details().get(member))
                    .orElseThrow(() -> Refused.malformed("a rule needs a " + member));
        }
        var text = given instanceof JsonObject object
                        && object.get("path") instanceof JsonPrimitive path
                        && object.get("name") instanceof JsonPrimitive name
                ? "/" + path.getAsString() + "/" + name.getAsString()
                : given instanceof JsonPrimitive primitive ? primitive.getAsString() : "";
        var parts = text.replaceFirst("^/", "").split("/", -1);
        if (!text.startsWith("/") || parts.length < 2 || parts.length > 3 || !WhiskServer.isOwn(parts[0])) {
            throw Refused.malformed("a rule's " + member + " must be a full name, such as /guest/name");
        }
        var path = EntityPath.of(kind, parts.length == 3 ? parts[1] : "", parts[parts.length - 1]);
        if (kind == Kind.ACTIONS) {
            Callee.find(entities, path);
        } else {
            entities.get(path);
        }
        var reference = new JsonObject();
        reference.addProperty("path", path.parent());
        reference.addProperty("name", path.name());
        return reference;
    }
}
