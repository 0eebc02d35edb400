package dev.husk.cli.witness;

import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A tree whose tiles are kept in memory. */
final class KeptTree {
    private final RightEdge edge = new RightEdge();
    private final Map<TileName, byte[]> tiles = new HashMap<>();

    void append(byte[] leafHash) {
        edge.append(leafHash, tiles::put);
    }

    long size() {
        return edge.size();
    }

    byte[] root(long size) {
        try {
            return tree().root(size);
        } catch (MalformedLogException e) {
            throw new AssertionError(e);
        }
    }

    List<byte[]> consistency(long from, long to) {
        try {
            return tree().consistency(from, to);
        } catch (MalformedLogException e) {
            throw new AssertionError(e);
        }
    }

    private TileTree<RuntimeException> tree() {
        return TileTree.of(edge, tile -> Objects.requireNonNull(tiles.get(tile)));
    }
}
