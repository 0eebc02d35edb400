package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.protocol.seal.SealedRequest;

/**
 * What a sandbox asks for, its signature verified.
 *
 * @param activation empty for a resource, as the nonce
 * @param invocation the caller's statement, in its envelope where it came in one; empty where nobody signed
 */
record Asked(
        String sandbox,
        String contract,
        String function,
        String activation,
        String nonce,
        String invocation,
        JsonObject parameters) {

    /** A resource, with which comes nobody's request. */
    static Asked resource(String sandbox, String contract, String function) {
        return new Asked(sandbox, contract, function, "", "", "", new JsonObject());
    }

    boolean sealed() {
        return invocation.startsWith(SealedRequest.PREFIX);
    }

    String envelope() {
        return invocation.substring(SealedRequest.PREFIX.length());
    }
}
