package dev.husk.protocol.log;

import java.security.MessageDigest;
import java.util.List;

/** Inclusion proofs: that a leaf stands at an index of a tree (RFC 9162 section 2.1.3.2). */
public final class Inclusion {
    private Inclusion() {}

    /** Whether {@code proof} leads from the leaf to the root; false for anything malformed as well. */
    public static boolean verify(long index, long size, byte[] leafHash, List<byte[]> proof, byte[] root) {
        if (index < 0 || index >= size || !sized(proof, leafHash, root)) {
            return false;
        }
        long fn = index;
        long sn = size - 1;
        byte[] r = leafHash;
        for (byte[] p : proof) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                r = MerkleHash.node(p, r);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = MerkleHash.node(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && MessageDigest.isEqual(r, root);
    }

    static boolean sized(List<byte[]> proof, byte[]... hashes) {
        for (byte[] hash : hashes) {
            if (hash.length != MerkleHash.SIZE) {
                return false;
            }
        }
        return proof.size() <= 2 * Long.SIZE && proof.stream().allMatch(hash -> hash.length == MerkleHash.SIZE);
    }
}
