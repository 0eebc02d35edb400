package dev.husk.cli.log;

import com.google.gson.JsonObject;

/**
 * An event that opens its leaf: what stands at {@code index} of the log says exactly this.
 *
 * @param event with its details, where they are shown
 * @param shown what opened the leaf
 */
public record AuditedEvent(long index, long seq, JsonObject event, ShownEvent shown) {}
