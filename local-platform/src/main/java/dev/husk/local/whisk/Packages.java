package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.local.whisk.EntityPath.Kind;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /namespaces/_/packages}: packages, and bindings to packages. */
final class Packages implements Resource {
    private final Entities entities;
    private final Clock clock;

    Packages(Entities entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /** The name of the package that this one is bound to; empty if it is none. */
    static String bound(Entity entity) {
        var binding = entity.details().getAsJsonObject("binding");
        return binding.has("name") ? binding.get("name").getAsString() : "";
    }

    @Override
    public Answer answer(Call call, List<String> rest) throws Refused, IOException {
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return call.list(Kind.PACKAGES, entities.list(Kind.PACKAGES, ""), Packages::row);
        }
        if (rest.size() > 1) {
            throw Refused.missing();
        }
        var path = EntityPath.of(Kind.PACKAGES, "", rest.get(0));
        return switch (call.method()) {
            case "GET" -> Answer.json(200, shown(entities.get(path)));
            case "PUT" -> put(call, path);
            case "DELETE" -> delete(path, call.flag("force", false));
            default -> throw Refused.method("GET, PUT, DELETE");
        };
    }

    private static JsonObject row(Entity entity) {
        var row = entity.summary();
        row.add("binding", entity.details().get("binding"));
        return row;
    }

    private JsonObject shown(Entity entity) throws Refused {
        var json = entity.toJson();
        var provider = entity;
        if (!bound(entity).isEmpty()) {
            provider = entities.get(EntityPath.of(Kind.PACKAGES, "", bound(entity)));
            json.add(
                    "parameters",
                    provider.parameters().with(entity.parameters()).toJson());
        }
        var actions = new JsonArray();
        for (var action : entities.list(Kind.ACTIONS, provider.path().name())) {
            var row = new JsonObject();
            row.addProperty("name", action.path().name());
            row.addProperty("version", action.version());
            row.add("annotations", action.annotations().toJson());
            row.add("parameters", action.parameters().toJson());
            actions.add(row);
        }
        json.add("actions", actions);
        json.add("feeds", new JsonArray());
        return json;
    }

    private Answer put(Call call, EntityPath path) throws Refused, IOException {
        var content = call.jsonObject();
        var after = entities.change(path, before -> {
            call.mayReplace(before);
            var details = new JsonObject();
            details.add("binding", binding(path, before, content.get("binding")));
            return Edit.of(content, before).at(path, details, clock);
        });
        return Answer.json(200, after.toJson());
    }

    private JsonElement binding(EntityPath path, Optional<Entity> before, @Nullable JsonElement given) throws Refused {
        if (given == null || given.isJsonNull() || given instanceof JsonObject none && none.size() == 0) {
            return before.map(entity -> entity.details().get("binding")).orElseGet(JsonObject::new);
        }
        if (!(given instanceof JsonObject object)
                || !(object.get("namespace") instanceof JsonPrimitive namespace)
                || !(object.get("name") instanceof JsonPrimitive name)) {
            throw Refused.malformed("a binding has a namespace and a name");
        }
        if (!WhiskServer.isOwn(namespace.getAsString())) {
            throw new Refused(403, "The supplied authentication is not authorized to access this resource.");
        }
        if (before.isPresent() && bound(before.get()).isEmpty()) {
            throw new Refused(409, "Resource is a package and cannot be bound.");
        }
        var provider = entities.find(EntityPath.of(Kind.PACKAGES, "", name.getAsString()));
        if (provider.isEmpty() || provider.get().path().equals(path)) {
            throw new Refused(400, "Binding references a package that does not exist.");
        }
        if (!bound(provider.get()).isEmpty()) {
            throw new Refused(400, "Cannot bind to another package binding.");
        }
        var binding = new JsonObject();
        binding.addProperty("namespace", WhiskServer.NAMESPACE);
        binding.add("name", name);
        return binding;
    }

    private Answer delete(EntityPath path, boolean force) throws Refused, IOException {
        var entity = entities.get(path);
        var actions = entities.list(Kind.ACTIONS, path.name());
        if (!actions.isEmpty() && !force) {
            throw new Refused(409, "Package not empty (contains %d actions).".formatted(actions.size()));
        }
        for (var action : actions) {
            entities.remove(action.path());
        }
        entities.remove(path);
        return Answer.json(200, entity.toJson());
    }
}
