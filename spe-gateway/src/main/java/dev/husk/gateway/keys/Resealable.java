package dev.husk.gateway.keys;

import java.util.Set;

/** Rows with sealed columns, whose names begin with {@code sealed}. Each such column belongs to one implementation. */
public interface Resealable {
    /** Each as {@code table.column}. */
    Set<String> columns();

    /**
     * Seals each value anew, in the caller's transaction, which holds the log's lock. May leave the persistence context
     * without the entities that were in it.
     */
    void reseal(Resealing resealing);
}
