package dev.husk.cli.gateway;

import com.google.gson.JsonElement;

/**
 * What an earlier verification saw, and a later one must see again.
 *
 * @param recovery who holds shares of its state key, and how many of them give it; JSON null where nobody does
 */
public record KnownGateway(GatewayKeys keys, JsonElement recovery) {}
