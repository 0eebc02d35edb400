package dev.husk.runtime.attest;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/**
 * What a run asks the gateway for.
 *
 * @param invocation the caller's signed statement, which travels as it came; empty where there is none
 * @param parameters the call's own parameters; the function gets only those that come back in the release
 */
public record ReleaseRequest(
        String contract, String function, String activation, String invocation, JsonObject parameters) {

    /**
     * Reads an invocation's parameters. Empty where they name no contract. Parameters that the platform adds
     * ({@code __ow_..}) are no parameters of the function and stay out.
     *
     * @throws IllegalArgumentException if they name a contract and are otherwise unusable
     */
    public static Optional<ReleaseRequest> of(JsonObject value, String activation) {
        if (!value.has("contract")) {
            return Optional.empty();
        }
        var contract = text(value, "contract");
        var function = text(value, "function");
        if (!activation.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("the platform gave no activation id of 32 hex digits");
        }
        var parameters = new JsonObject();
        for (var name : value.keySet()) {
            if (!name.equals("contract")
                    && !name.equals("function")
                    && !name.equals("invocation")
                    && !name.startsWith("__ow_")) {
                parameters.add(name, value.get(name).deepCopy());
            }
        }
        var invocation = value.has("invocation") ? text(value, "invocation") : "";
        return Optional.of(new ReleaseRequest(contract, function, activation, invocation, parameters));
    }

    private static String text(JsonObject value, String member) {
        if (value.get(member) instanceof JsonPrimitive text
                && text.isString()
                && !text.getAsString().isEmpty()) {
            return text.getAsString();
        }
        throw new IllegalArgumentException("a run under a contract needs the parameter " + member + " as text");
    }
}
