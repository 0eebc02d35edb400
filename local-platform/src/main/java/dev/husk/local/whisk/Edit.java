package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a PUT makes of the members that all entities share: what it leaves out stays as it was. */
record Edit(String version, Parameters parameters, Parameters annotations) {

    static Edit of(JsonObject content, Optional<Entity> before) throws Refused {
        var annotations = chosen(
                content.get("annotations"), before.map(Entity::annotations).orElse(Parameters.NONE));
        if (content.get("delAnnotations") instanceof JsonArray deleted) {
            for (var key : deleted) {
                if (key instanceof JsonPrimitive) {
                    annotations = annotations.without(key.getAsString());
                }
            }
        }
        return new Edit(
                version(content, before),
                chosen(content.get("parameters"), before.map(Entity::parameters).orElse(Parameters.NONE)),
                annotations);
    }

    /** The entity with these members and the given ones of its kind. */
    Entity at(EntityPath path, JsonObject details, Clock clock) {
        return new Entity(path, version, parameters, annotations, details, clock.millis(), Dispatcher.newId());
    }

    private static Parameters chosen(@Nullable JsonElement given, Parameters before) throws Refused {
        return given == null || given.isJsonNull() ? before : Parameters.parse(given);
    }

    private static String version(JsonObject content, Optional<Entity> before) throws Refused {
        if (content.get("version") instanceof JsonPrimitive version && version.isString()) {
            if (!version.getAsString().matches("[0-9]{1,9}\\.[0-9]{1,9}\\.[0-9]{1,9}")) {
                throw Refused.malformed("a version is three numbers with dots between");
            }
            return version.getAsString();
        }
        return before.map(Entity::nextVersion).orElse(Entity.FIRST_VERSION);
    }
}
