package dev.husk.local.whisk;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * A stored action, package, trigger or rule.
 *
 * @param details what only this kind of entity has, such as {@code exec} and {@code limits}; never changed after it came
 *     here
 * @param updated milliseconds since 1970
 * @param revision new with each change, and never the same for two entities, of one name or not
 */
record Entity(
        EntityPath path,
        String version,
        Parameters parameters,
        Parameters annotations,
        JsonObject details,
        long updated,
        String revision) {

    static final String FIRST_VERSION = "0.0.1";

    /** The version after this one. */
    String nextVersion() {
        int patch = version.lastIndexOf('.') + 1;
        return version.substring(0, patch) + (Long.parseLong(version.substring(patch)) + 1);
    }

    /** As GET and PUT answer. */
    JsonObject toJson() {
        var json = summary();
        details.entrySet().forEach(member -> json.add(member.getKey(), member.getValue()));
        json.add("parameters", parameters.toJson());
        return json;
    }

    /** As lists show it. */
    JsonObject summary() {
        var json = new JsonObject();
        json.addProperty("namespace", path.parent());
        json.addProperty("name", path.name());
        json.addProperty("version", version);
        json.addProperty("publish", false);
        json.add("annotations", annotations.toJson());
        json.addProperty("updated", updated);
        return json;
    }

    /** As files hold it. */
    JsonObject toFile() {
        var json = summary();
        json.add("parameters", parameters.toJson());
        json.addProperty("collection", path.kind().segment());
        json.addProperty("package", path.packageName());
        json.addProperty("revision", revision);
        json.add("details", details);
        return json;
    }

    static Entity fromFile(JsonObject json) throws Refused {
        var kind = EntityPath.Kind.of(text(json, "collection"))
                .orElseThrow(() -> Refused.malformed("no known collection"));
        if (!(json.get("details") instanceof JsonObject details)
                || json.get("parameters") == null
                || json.get("annotations") == null
                || !(json.get("updated") instanceof JsonPrimitive updated)
                || !updated.isNumber()) {
            throw Refused.malformed("a member is missing");
        }
        return new Entity(
                EntityPath.of(kind, text(json, "package"), text(json, "name")),
                text(json, "version"),
                Parameters.parse(json.get("parameters")),
                Parameters.parse(json.get("annotations")),
                details,
                updated.getAsLong(),
                text(json, "revision"));
    }

    private static String text(JsonObject json, String name) throws Refused {
        if (json.get(name) instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw Refused.malformed("no text " + name);
    }
}
