package dev.husk.protocol.log;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The tiles at the right edge of a tree, which are all that it takes to append to it and to know its root: at most one
 * partial tile of each level. Not safe for use by several threads.
 */
public final class RightEdge {
    /** A size is below 2^63. */
    private static final int LEVELS = 8;

    private final List<TileNodes> levels;
    private long size;

    /** Of the empty tree. */
    public RightEdge() {
        this(List.of(), 0);
    }

    RightEdge(List<TileNodes> levels, long size) {
        this.levels = new ArrayList<>(levels);
        this.size = size;
    }

    /**
     * The edge of a tree whose size and root are known, from a checkpoint for one.
     *
     * @param tiles asked for the partial tiles alone
     * @throws MalformedLogException if the tiles do not make this root
     */
    public static <E extends Exception> RightEdge open(long size, byte[] root, Tiles<E> tiles)
            throws E, MalformedLogException {
        if (size < 0) {
            throw new IllegalArgumentException("no tree of " + size);
        }
        var levels = new ArrayList<TileNodes>();
        for (int level = 0; level < LEVELS && size >>> level * TileName.BITS > 0; level++) {
            levels.add(width(level, size) == 0 ? new TileNodes() : TileTree.read(partial(level, size), tiles));
        }
        var edge = new RightEdge(levels, size);
        if (!MessageDigest.isEqual(edge.root(), root)) {
            throw new MalformedLogException("the tiles do not make the root of " + size + " entries");
        }
        return edge;
    }

    /** The partial tiles: with size and root all that {@link #open} needs to go on later. */
    public Map<TileName, byte[]> tiles() {
        var tiles = new LinkedHashMap<TileName, byte[]>();
        for (int level = 0; level < levels.size(); level++) {
            if (width(level, size) > 0) {
                tiles.put(partial(level, size), levels.get(level).hashes(width(level, size)));
            }
        }
        return tiles;
    }

    private static TileName partial(int level, long size) {
        return new TileName(level, index(level, size), width(level, size));
    }

    public long size() {
        return size;
    }

    /** The same edge, which stays as it is when this one goes on; only one of them may. */
    RightEdge copy() {
        return new RightEdge(levels, size);
    }

    /** @param filled gets each tile that this leaf makes whole, and its hashes */
    public void append(byte[] leafHash, BiConsumer<TileName, byte[]> filled) {
        byte[] hash = leafHash.clone();
        for (int level = 0; ; level++) {
            int at = width(level, size);
            if (at == 0) {
                if (levels.size() == level) {
                    levels.add(new TileNodes());
                } else {
                    levels.set(level, new TileNodes());
                }
            }
            var tile = levels.get(level);
            tile.put(at, hash);
            if (at < TileName.WIDTH - 1) {
                break;
            }
            filled.accept(TileName.whole(level, index(level, size)), tile.hashes(TileName.WIDTH));
            hash = tile.root();
        }
        size++;
    }

    public byte[] root() {
        byte[] root = null;
        // The complete subtrees that the size is the sum of, from the right.
        for (long rest = size; rest > 0; rest &= rest - 1) {
            int height = Long.numberOfTrailingZeros(rest);
            byte[] node = node(height, (size >>> height) - 1);
            root = root == null ? node : MerkleHash.node(node, root);
        }
        return root == null ? MerkleHash.empty() : root.clone();
    }

    /** The hash of a complete subtree of {@code 1 << height} leaves that lies in a partial tile. */
    byte[] node(int height, long index) {
        return tile(height / TileName.BITS).node(height % TileName.BITS, within(height, index));
    }

    TileNodes tile(int level) {
        return levels.get(level);
    }

    /** Where in its tile a subtree stands among those of its height. */
    static int within(int height, long index) {
        return (int) (index & (TileName.WIDTH >> height % TileName.BITS) - 1);
    }

    /** Index of a level's partial tile in a tree of {@code size}, which is the number of whole ones before it. */
    static long index(int level, long size) {
        int bits = (level + 1) * TileName.BITS;
        return bits < Long.SIZE ? size >>> bits : 0;
    }

    /** Hashes of a level's partial tile in a tree of {@code size}. */
    static int width(int level, long size) {
        return (int) (size >>> level * TileName.BITS) & TileName.WIDTH - 1;
    }
}
