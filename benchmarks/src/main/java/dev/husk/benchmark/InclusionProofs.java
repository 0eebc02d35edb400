package dev.husk.benchmark;

import dev.husk.protocol.log.Inclusion;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Checking that a leaf stands in a log, beside as many bare SHA-256 of 65 bytes as the proof has hashes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class InclusionProofs {
    @Param({"1000", "10000", "100000", "1000000"})
    int size = 1000;

    private List<byte[]> proof = List.of();
    private byte[] leaf = new byte[0];
    private byte[] root = new byte[0];
    private long index;

    @Setup
    public void prepare() throws MalformedLogException {
        var tiles = new HashMap<TileName, byte[]>();
        var edge = new RightEdge();
        for (int i = 0; i < size; i++) {
            edge.append(MerkleHash.leaf(ByteBuffer.allocate(4).putInt(i).array()), tiles::put);
        }
        var tree = TileTree.of(edge, tile -> Objects.requireNonNull(tiles.get(tile)));
        index = size / 3;
        leaf = MerkleHash.leaf(ByteBuffer.allocate(4).putInt((int) index).array());
        proof = tree.inclusion(index, size);
        root = tree.root();
    }

    @Benchmark
    public boolean verify() {
        return Inclusion.verify(index, size, leaf, proof, root);
    }

    @Benchmark
    public byte[] bareHashes() throws GeneralSecurityException {
        var sha256 = MessageDigest.getInstance("SHA-256");
        byte[] hash = leaf;
        for (var sibling : proof) {
            sha256.update((byte) 1);
            sha256.update(sibling);
            sha256.update(hash);
            hash = sha256.digest();
        }
        return hash;
    }
}
