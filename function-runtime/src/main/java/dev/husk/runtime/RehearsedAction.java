package dev.husk.runtime;

import com.google.gson.JsonObject;

/** The action of the {@link Rehearsal}, which loads it as it will load the platform's. */
public final class RehearsedAction {
    private RehearsedAction() {}

    public static JsonObject main(JsonObject parameters) {
        return parameters;
    }
}
