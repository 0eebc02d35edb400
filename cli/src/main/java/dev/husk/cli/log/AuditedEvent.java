package dev.husk.cli.log;

import com.google.gson.JsonObject;

/** An event that opens its leaf: what stands at {@code index} of the log says exactly this. */
public record AuditedEvent(long index, long seq, JsonObject event) {}
