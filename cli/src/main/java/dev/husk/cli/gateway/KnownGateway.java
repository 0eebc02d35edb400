package dev.husk.cli.gateway;

import com.google.gson.JsonElement;

/**
 * What an earlier verification saw, and a later one must see again.
 *
 * @param recovery who holds shares of its state key, and how many of them give it; JSON null where nobody does
 * @param stateKey where its state key comes from and goes to
 */
public record KnownGateway(GatewayKeys keys, JsonElement recovery, JsonElement stateKey) {
    /** @throws IllegalArgumentException if {@code stateKey} says nothing of the kind */
    public KnownGateway {
        StateKeyChecks.parse(stateKey);
    }
}
