package dev.husk.protocol.log;

import java.util.Arrays;

/**
 * The hashes of one tile and of the complete subtrees within it. Hashes are put from left to right and never replaced,
 * so that who knows of a width may read up to it while others are put.
 */
final class TileNodes {
    private final byte[][] nodes = new byte[2 * TileName.WIDTH - 1][];

    static TileNodes of(byte[] hashes) {
        var tile = new TileNodes();
        for (int at = 0; at < hashes.length / MerkleHash.SIZE; at++) {
            tile.put(at, Arrays.copyOfRange(hashes, at * MerkleHash.SIZE, (at + 1) * MerkleHash.SIZE));
        }
        return tile;
    }

    void put(int at, byte[] hash) {
        byte[] node = hash;
        int index = at;
        for (int height = 0; ; height++) {
            nodes[place(height, index)] = node;
            if (index % 2 == 0) {
                return;
            }
            node = MerkleHash.node(node(height, index - 1), node);
            index /= 2;
        }
    }

    /** The hash of the subtree of {@code 1 << height} hashes, counted from the left. */
    byte[] node(int height, int index) {
        return nodes[place(height, index)];
    }

    /** The hash of a whole tile. */
    byte[] root() {
        return node(TileName.BITS, 0);
    }

    byte[] hashes(int width) {
        byte[] hashes = new byte[width * MerkleHash.SIZE];
        for (int at = 0; at < width; at++) {
            System.arraycopy(node(0, at), 0, hashes, at * MerkleHash.SIZE, MerkleHash.SIZE);
        }
        return hashes;
    }

    /** Rows of 256, 128, .. 1, one after the other. */
    private static int place(int height, int index) {
        return 2 * TileName.WIDTH - (2 * TileName.WIDTH >> height) + index;
    }
}
