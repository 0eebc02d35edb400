package dev.husk.protocol.log;

import java.security.MessageDigest;
import java.util.List;

/** Consistency proofs: that a tree only grew (RFC 9162 section 2.1.4.2). */
public final class Consistency {
    private Consistency() {}

    /**
     * Whether the tree of {@code size1} leaves is a prefix of that of {@code size2}. A check against an empty tree
     * says nothing, so it fails.
     */
    public static boolean verify(long size1, long size2, List<byte[]> proof, byte[] root1, byte[] root2) {
        if (size1 <= 0 || size1 > size2 || !Inclusion.sized(proof)) {
            return false;
        }
        if (size1 == size2) {
            return proof.isEmpty() && MessageDigest.isEqual(root1, root2);
        }
        if (proof.isEmpty()) {
            return false;
        }
        int next = 0;
        byte[] first = Long.bitCount(size1) == 1 ? root1 : proof.get(next++);
        long fn = size1 - 1;
        long sn = size2 - 1;
        while ((fn & 1) == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        byte[] fr = first;
        byte[] sr = first;
        for (; next < proof.size(); next++) {
            byte[] c = proof.get(next);
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                fr = MerkleHash.node(c, fr);
                sr = MerkleHash.node(c, sr);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = MerkleHash.node(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && MessageDigest.isEqual(fr, root1) && MessageDigest.isEqual(sr, root2);
    }
}
