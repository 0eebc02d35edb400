package dev.husk.cli.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where one platform allows more than another. It does not where it says the same, where the other says {@code any}, and
 * where it lists fewer values than the other; whatever else differs is taken to allow more, also where it asks for more.
 */
final class Laxity {
    /** More values of it allow less. */
    private static final String EXCEPT = "anyExcept";

    private Laxity() {}

    /** Members of {@code platform}, two that were parsed, in which it may allow what {@code other} does not. */
    static Set<String> of(JsonObject platform, JsonObject other) {
        var members = new TreeSet<>(platform.keySet());
        members.addAll(other.keySet());
        // What it is called, and how code is bound to sandboxes, which a gateway is not.
        members.removeAll(Set.of("name", "binding"));
        members.removeIf(
                member -> platform.has(member) && other.has(member) && within(platform.get(member), other.get(member)));
        return members;
    }

    private static boolean within(JsonElement value, JsonElement other) {
        if (value.equals(other)
                || other instanceof JsonPrimitive text && text.getAsString().equals("any")) {
            return true;
        }
        if (value instanceof JsonArray few && other instanceof JsonArray many) {
            return new HashSet<>(many.asList()).containsAll(few.asList());
        }
        return value instanceof JsonObject object
                && other instanceof JsonObject wider
                && !object.has(EXCEPT)
                && object.keySet().equals(wider.keySet())
                && object.keySet().stream().allMatch(name -> within(object.get(name), wider.get(name)));
    }
}
