package dev.husk.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The process environment as {@link System#getenv} shows it to actions.
 *
 * <p>OpenWhisk gives every run variables of its own, and Java has no way to set one: the map behind
 * {@code System.getenv()} is edited, which needs {@code --add-opens java.base/java.util=ALL-UNNAMED}. Child processes of
 * the action see the edits too; native code does not.
 *
 * <p>A process has one environment: where runs overlap, none of them gets variables of its own.
 */
final class Environment {
    /** What is another's at every run. The rest of a run's context is the action's, and comes with {@code /init}. */
    private static final List<String> OF_ONE_RUN =
            List.of("__OW_ACTIVATION_ID", "__OW_TRANSACTION_ID", "__OW_DEADLINE");

    private final Map<String, String> variables;
    private final boolean concurrent;

    private Environment(Map<String, String> variables) {
        this.variables = variables;
        this.concurrent = "true".equals(variables.get("__OW_ALLOW_CONCURRENT"));
    }

    /** One that edits a map of the caller's. */
    static Environment of(Map<String, String> variables) {
        return new Environment(variables);
    }

    /** @throws IllegalStateException if the JVM was started without the flag; the message names it */
    @SuppressWarnings("unchecked")
    static Environment ofProcess() {
        try {
            var unmodifiable = System.getenv();
            var field = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
            field.setAccessible(true);
            return new Environment((Map<String, String>) field.get(unmodifiable));
        } catch (InaccessibleObjectException | ReflectiveOperationException e) {
            throw new IllegalStateException("start Java with --add-opens java.base/java.util=ALL-UNNAMED", e);
        }
    }

    /** Whether the process was started with {@code __OW_ALLOW_CONCURRENT=true}: runs of an action may overlap. */
    boolean concurrent() {
        return concurrent;
    }

    /** Exports what {@code /init} brought, as far as {@code allowed}. */
    void export(JsonObject init, Predicate<String> allowed) {
        for (var name : init.keySet()) {
            if (allowed.test(name)) {
                set(name, init.get(name));
            }
        }
    }

    /** Exports every member of a {@code /run} but the value, as {@code __OW_} and its name in capitals. */
    void exportContext(JsonObject run) {
        for (var name : run.keySet()) {
            if (!name.equals("value")) {
                set("__OW_" + name.toUpperCase(Locale.ROOT), run.get(name));
            }
        }
    }

    /** Takes back what {@code /init} brought of the run that it came with. */
    void withdrawRun() {
        OF_ONE_RUN.forEach(variables::remove);
    }

    private void set(String name, JsonElement value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || value.isJsonNull()) {
            return; // no environment can hold it
        }
        var text = value instanceof JsonPrimitive primitive ? primitive.getAsString() : value.toString();
        if (text.indexOf('\0') < 0) {
            variables.put(name, text);
        }
    }
}
