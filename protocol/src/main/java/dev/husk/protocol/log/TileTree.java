package dev.husk.protocol.log;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tree of a known root whose hashes are read from tiles: its former roots, and proofs (RFC 9162 section 2.1). Every
 * tile is held against the root, through the tiles above it, before a hash of it is used; the last of them are
 * remembered. Reads a logarithm of the size. Safe to share between threads if the tiles are.
 *
 * @param <E> what reading a tile may fail with
 */
public final class TileTree<E extends Exception> {
    /** Each takes some 26 KiB. */
    private static final int REMEMBERED = 128;

    private final RightEdge edge;
    private final Tiles<E> tiles;
    private final Remembered verified;

    private TileTree(RightEdge edge, Tiles<E> tiles, Remembered verified) {
        this.edge = edge;
        this.tiles = tiles;
        this.verified = verified;
    }

    /** The tree of an edge as it is now. */
    public static <E extends Exception> TileTree<E> of(RightEdge edge, Tiles<E> tiles) {
        return new TileTree<>(edge.copy(), tiles, new Remembered());
    }

    /** The tree that {@code edge} has grown to from this one's; goes on with the tiles that were verified. */
    public TileTree<E> grown(RightEdge edge) {
        if (edge.size() < size()) {
            throw new IllegalArgumentException("a tree of " + size() + " does not grow to " + edge.size());
        }
        return new TileTree<>(edge.copy(), tiles, verified);
    }

    /**
     * Reads the right edge of a tree whose size and root are known, from a checkpoint for one.
     *
     * @throws MalformedLogException if the tiles do not make this root
     */
    public static <E extends Exception> TileTree<E> open(long size, byte[] root, Tiles<E> tiles)
            throws E, MalformedLogException {
        return new TileTree<>(RightEdge.open(size, root, tiles), tiles, new Remembered());
    }

    public long size() {
        return edge.size();
    }

    public byte[] root() {
        return edge.root();
    }

    /** The root when the tree had {@code size} leaves. */
    public byte[] root(long size) throws E, MalformedLogException {
        requireSize(size);
        return size == 0 ? MerkleHash.empty() : range(0, size).clone();
    }

    /** The hashes of a tile of this tree, of any width that it has. */
    public byte[] hashes(TileName tile) throws E, MalformedLogException {
        if (tile.isEntries() || !tile.isIn(size())) {
            throw new IllegalArgumentException(tile + " is no tile of a tree of " + size());
        }
        return nodes(tile.level(), tile.index()).hashes(tile.width());
    }

    /** The proof that a leaf is in the tree of the first {@code size} leaves. */
    public List<byte[]> inclusion(long index, long size) throws E, MalformedLogException {
        requireSize(size);
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no leaf " + index + " in a tree of " + size);
        }
        var proof = new ArrayList<byte[]>();
        path(index, 0, size, proof);
        return proof;
    }

    /** The proof that the tree of {@code size1} is the beginning of that of {@code size2}. */
    public List<byte[]> consistency(long size1, long size2) throws E, MalformedLogException {
        requireSize(size2);
        if (size1 < 0 || size1 > size2) {
            throw new IllegalArgumentException("a tree of " + size1 + " is no prefix of one of " + size2);
        }
        var proof = new ArrayList<byte[]>();
        if (size1 > 0 && size1 < size2) {
            subproof(size1, 0, size2, true, proof);
        }
        return proof;
    }

    private void path(long index, long start, long end, List<byte[]> proof) throws E, MalformedLogException {
        if (end - start == 1) {
            return;
        }
        long split = start + split(end - start);
        if (index < split) {
            path(index, start, split, proof);
            proof.add(range(split, end).clone());
        } else {
            path(index, split, end, proof);
            proof.add(range(start, split).clone());
        }
    }

    private void subproof(long m, long start, long end, boolean whole, List<byte[]> proof)
            throws E, MalformedLogException {
        if (m == end - start) {
            if (!whole) {
                proof.add(range(start, end).clone());
            }
            return;
        }
        long k = split(end - start);
        if (m <= k) {
            subproof(m, start, start + k, whole, proof);
            proof.add(range(start + k, end).clone());
        } else {
            subproof(m - k, start + k, end, false, proof);
            proof.add(range(start, start + k).clone());
        }
    }

    /** The hash over leaves [start, end), as the tree's shape has them. */
    private byte[] range(long start, long end) throws E, MalformedLogException {
        long count = end - start;
        if (Long.bitCount(count) == 1) {
            int height = Long.numberOfTrailingZeros(count);
            long index = start >>> height;
            int within = height % TileName.BITS;
            return nodes(height / TileName.BITS, index >>> TileName.BITS - within)
                    .node(within, RightEdge.within(height, index));
        }
        long k = split(count);
        return MerkleHash.node(range(start, start + k), range(start + k, end));
    }

    private TileNodes nodes(int level, long index) throws E, MalformedLogException {
        if (index == RightEdge.index(level, size())) {
            return edge.tile(level);
        }
        var name = TileName.whole(level, index);
        var known = verified.find(name);
        if (known.isPresent()) {
            return known.get();
        }
        byte[] expected = nodes(level + 1, index >>> TileName.BITS).node(0, RightEdge.within(0, index));
        var tile = read(name, tiles);
        if (!MessageDigest.isEqual(tile.root(), expected)) {
            throw new MalformedLogException(name + " is not the tile that the root stands for");
        }
        verified.keep(name, tile);
        return tile;
    }

    static <E extends Exception> TileNodes read(TileName name, Tiles<E> tiles) throws E, MalformedLogException {
        byte[] hashes = tiles.read(name);
        if (hashes.length != name.width() * MerkleHash.SIZE) {
            throw new MalformedLogException(name + " has " + hashes.length + " bytes");
        }
        return TileNodes.of(hashes);
    }

    /** The largest power of two below {@code count}. */
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }

    private void requireSize(long size) {
        if (size < 0 || size > size()) {
            throw new IllegalArgumentException("the tree has " + size() + " leaves, not " + size);
        }
    }

    /** The tiles used last. Whole tiles never change, so trees that grew from each other share it. */
    private static final class Remembered {
        private final Map<TileName, TileNodes> tiles = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<TileName, TileNodes> eldest) {
                return size() > REMEMBERED;
            }
        };

        synchronized Optional<TileNodes> find(TileName name) {
            return Optional.ofNullable(tiles.get(name));
        }

        synchronized void keep(TileName name, TileNodes tile) {
            tiles.put(name, tile);
        }
    }
}
