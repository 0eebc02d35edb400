package dev.husk.runtime.attest;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.seal.SealedRequest;
import java.util.Optional;
import java.util.Set;

/**
 * What a run asks the gateway for.
 *
 * @param invocation the caller's signed statement, or an envelope with one, which travels as it came; empty where there
 *     is none
 * @param parameters the call's own parameters; the function gets only those that come back in the release
 */
public record ReleaseRequest(
        String contract, String function, String activation, String invocation, JsonObject parameters) {

    private static final Set<String> RESERVED = Set.of("contract", "function", "invocation");

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
        if (value.has("sealed")) {
            if (value.has("invocation")) {
                throw new IllegalArgumentException("a request is either sealed or signed in the clear, not both");
            }
            // What stands beside an envelope was not sealed by the caller, and does not count.
            return Optional.of(new ReleaseRequest(
                    contract, function, activation, SealedRequest.PREFIX + text(value, "sealed"), new JsonObject()));
        }
        var parameters = new JsonObject();
        for (var name : value.keySet()) {
            if (!RESERVED.contains(name) && !name.startsWith("__ow_")) {
                parameters.add(name, value.get(name).deepCopy());
            }
        }
        var invocation = value.has("invocation") ? text(value, "invocation") : "";
        return Optional.of(new ReleaseRequest(contract, function, activation, invocation, parameters));
    }

    /** Whether the platform must not learn the request, nor its answer. */
    public boolean sealed() {
        return invocation.startsWith(SealedRequest.PREFIX);
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
