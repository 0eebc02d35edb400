package dev.husk.gateway.log;

import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Opening;

/** An event that stands in the database; {@link EventLog#receipt} proves it once the transaction has committed. */
public record Appended(long index, Leaf leaf, Opening opening) {}
