package dev.husk.protocol.log;

import dev.husk.protocol.json.Digests;

/** The hashes of RFC 6962 section 2.1, SHA-256: leaves under 0x00, nodes under 0x01. */
public final class MerkleHash {
    /** Length of every hash, in bytes. */
    public static final int SIZE = 32;

    private MerkleHash() {}

    /** The root of a tree without leaves. */
    public static byte[] empty() {
        return Digests.sha256().digest();
    }

    public static byte[] leaf(byte[] entry) {
        var digest = Digests.sha256();
        digest.update((byte) 0);
        return digest.digest(entry);
    }

    public static byte[] node(byte[] left, byte[] right) {
        var digest = Digests.sha256();
        digest.update((byte) 1);
        digest.update(left);
        return digest.digest(right);
    }
}
