package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an action may use. Time and memory go further than OpenWhisk's defaults, as a deployment for models would set
 * them.
 *
 * @param timeout in milliseconds, for {@code /init} and {@code /run} each
 * @param memory in MiB
 * @param logs in MiB
 */
record ActionLimits(int timeout, int memory, int logs) {
    static final ActionLimits DEFAULT = new ActionLimits(60_000, 256, 10);

    static final int MIN_TIMEOUT = 100;
    static final int MAX_TIMEOUT = 1_800_000;
    static final int MIN_MEMORY = 128;
    static final int MAX_MEMORY = 8192;
    static final int MAX_LOGS = 10;

    /** Reads limits; what is left out is taken from {@code before}. */
    static ActionLimits parse(@Nullable JsonElement json, ActionLimits before) throws Refused {
        if (json == null || json.isJsonNull()) {
            return before;
        }
        if (!(json instanceof JsonObject limits)) {
            throw Refused.malformed("limits must be an object");
        }
        bounded(limits, "concurrency", 1, 1, 1);
        return new ActionLimits(
                bounded(limits, "timeout", before.timeout, MIN_TIMEOUT, MAX_TIMEOUT),
                bounded(limits, "memory", before.memory, MIN_MEMORY, MAX_MEMORY),
                bounded(limits, "logs", before.logs, 0, MAX_LOGS));
    }

    private static int bounded(JsonObject limits, String name, int absent, int least, int most) throws Refused {
        var value = limits.get(name);
        if (value == null || value.isJsonNull()) {
            return absent;
        }
        if (!(value instanceof JsonPrimitive primitive) || !(primitive.isNumber())) {
            throw Refused.malformed("limit " + name + " must be a number");
        }
        double number = primitive.getAsDouble();
        if (number != Math.rint(number) || number < least || number > most) {
            throw Refused.malformed("limit %s must be a whole number from %d to %d".formatted(name, least, most));
        }
        return (int) number;
    }

    Duration time() {
        return Duration.ofMillis(timeout);
    }

    JsonObject toJson() {
        var json = new JsonObject();
        json.addProperty("timeout", timeout);
        json.addProperty("memory", memory);
        json.addProperty("logs", logs);
        json.addProperty("concurrency", 1);
        return json;
    }
}
