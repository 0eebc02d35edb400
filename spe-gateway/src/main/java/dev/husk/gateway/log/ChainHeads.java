package dev.husk.gateway.log;

import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where each chain stands, by its leaves alone: the database has no say in which number a leaf gets. An opening is sealed with
 * its leaf's place, but not all that the leaf says; that each continues its chain is checked here. Written by one thread at
 * a time.
 */
final class ChainHeads {
    private final Map<String, ChainHead> heads = new ConcurrentHashMap<>();

    /**
     * Takes in the log's next entry.
     *
     * @throws IllegalStateException if it does not continue its chain
     */
    void take(Ledger.Row row) {
        try {
            heads.put(row.chain(), of(row.chain()).after(Leaf.parse(row.bytes())));
        } catch (MalformedLogException | IllegalStateException e) {
            throw new IllegalStateException(
                    "the database's leaf " + row.index() + " of the log was changed: " + e.getMessage(), e);
        }
    }

    ChainHead of(String chain) {
        return heads.getOrDefault(chain, ChainHead.NONE);
    }
}
