package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import java.util.Map;

/**
 * One thing to run.
 *
 * @param parameters an object, all defaults merged, or an array
 * @param environment the action's parameters that go to {@code /init}
 * @param binding the bound package it was called through; empty if none
 * @param cause the activation of the trigger that fired; empty if none
 * @param received milliseconds since 1970
 */
record Invocation(
        String id,
        Entity action,
        JsonElement parameters,
        Map<String, String> environment,
        String binding,
        String cause,
        String transaction,
        long received) {}
