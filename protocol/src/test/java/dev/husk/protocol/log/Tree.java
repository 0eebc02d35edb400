package dev.husk.protocol.log;

import java.util.ArrayList;
import java.util.List;

/**
 * A tree over leaf hashes held in memory, each level of complete subtrees a list: what trees of tiles are held against.
 */
final class Tree {
    private final List<List<byte[]>> levels = new ArrayList<>();

    Tree() {
        levels.add(new ArrayList<>());
    }

    static Tree of(List<byte[]> leafHashes) {
        var tree = new Tree();
        leafHashes.forEach(tree::append);
        return tree;
    }

    long size() {
        return levels.get(0).size();
    }

    void append(byte[] leafHash) {
        byte[] hash = leafHash.clone();
        for (int level = 0; ; level++) {
            if (levels.size() == level) {
                levels.add(new ArrayList<>());
            }
            var row = levels.get(level);
            row.add(hash);
            if (row.size() % 2 == 1) {
                return;
            }
            hash = MerkleHash.node(row.get(row.size() - 2), row.get(row.size() - 1));
        }
    }

    byte[] root() {
        return root(size());
    }

    /** The root when the tree had {@code size} leaves. */
    byte[] root(long size) {
        checkSize(size);
        return size == 0 ? MerkleHash.empty() : range(0, size);
    }

    List<byte[]> inclusion(long index, long size) {
        checkSize(size);
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no leaf " + index + " in a tree of " + size);
        }
        var proof = new ArrayList<byte[]>();
        path(index, 0, size, proof);
        return proof;
    }

    List<byte[]> consistency(long size1, long size2) {
        checkSize(size2);
        if (size1 < 0 || size1 > size2) {
            throw new IllegalArgumentException("a tree of " + size1 + " is no prefix of one of " + size2);
        }
        var proof = new ArrayList<byte[]>();
        if (size1 > 0 && size1 < size2) {
            subproof(size1, 0, size2, true, proof);
        }
        return proof;
    }

    private void path(long index, long start, long end, List<byte[]> proof) {
        if (end - start == 1) {
            return;
        }
        long split = start + split(end - start);
        if (index < split) {
            path(index, start, split, proof);
            proof.add(range(split, end));
        } else {
            path(index, split, end, proof);
            proof.add(range(start, split));
        }
    }

    private void subproof(long m, long start, long end, boolean whole, List<byte[]> proof) {
        if (m == end - start) {
            if (!whole) {
                proof.add(range(start, end));
            }
            return;
        }
        long k = split(end - start);
        if (m <= k) {
            subproof(m, start, start + k, whole, proof);
            proof.add(range(start + k, end));
        } else {
            subproof(m - k, start + k, end, false, proof);
            proof.add(range(start, start + k));
        }
    }

    /** The hash over leaves [start, end); a complete aligned subtree comes from its level. */
    private byte[] range(long start, long end) {
        long count = end - start;
        if (Long.bitCount(count) == 1 && start % count == 0) {
            int level = Long.numberOfTrailingZeros(count);
            return levels.get(level).get(Math.toIntExact(start >> level)).clone();
        }
        long k = split(count);
        return MerkleHash.node(range(start, start + k), range(start + k, end));
    }

    /** The largest power of two below {@code count}. */
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }

    private void checkSize(long size) {
        if (size < 0 || size > size()) {
            throw new IllegalArgumentException("the tree has " + size() + " leaves, not " + size);
        }
    }
}
