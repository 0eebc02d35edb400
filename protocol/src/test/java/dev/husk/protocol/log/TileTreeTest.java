package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.Vectors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees over tiles, held against the naive one, against other implementations' tiles, and against damage. */
class TileTreeTest {
    private static final int LARGEST = 2 * 65536 + 300;

    private final Map<TileName, byte[]> stored = new HashMap<>();
    private final RightEdge edge = new RightEdge();
    private final Tree naive = new Tree();
    private final List<TileName> read = new ArrayList<>();

    private void grow(long size) {
        while (naive.size() < size) {
            append(leaf(naive.size()));
        }
    }

    private void append(byte[] leaf) {
        naive.append(leaf);
        edge.append(leaf, (name, hashes) -> assertThat(stored.put(name, hashes)).isNull());
    }

    private static byte[] leaf(long index) {
        return MerkleHash.leaf(ByteBuffer.allocate(8).putLong(index).array());
    }

    /** As a log serves them: partial tiles are the beginnings of what there is. */
    private byte[] serve(TileName name) {
        read.add(name);
        if (stored.containsKey(name.whole())) {
            return java.util.Arrays.copyOf(stored.get(name.whole()), name.width() * MerkleHash.SIZE);
        }
        return edge.tile(name.level()).hashes(name.width());
    }

    private TileTree<RuntimeException> open(long size) throws Exception {
        return TileTree.open(size, naive.root(size), this::serve);
    }

    @Test
    void rootsAndProofsAreThoseOfTheNaiveTreeAtEverySmallSize() throws Exception {
        for (int size = 0; size <= 600; size++) {
            grow(size);
            assertThat(edge.root()).as("size %d", size).isEqualTo(naive.root());
            if (size % 7 == 0 || size % 256 < 2 || size % 256 == 255) {
                same(size, new Random(size), 20);
            }
        }
    }

    @Test
    void rootsAndProofsAreThoseOfTheNaiveTreeAroundTheBoundariesOfTiles() throws Exception {
        grow(LARGEST);
        var sizes = new TreeSet<Long>();
        for (long boundary : new long[] {256, 512, 65536, 65536 + 256, 2 * 65536}) {
            for (long around = -2; around <= 2; around++) {
                sizes.add(boundary + around);
            }
        }
        sizes.add((long) LARGEST);
        for (long size : sizes) {
            same(size, new Random(size), 20);
        }
    }

    private void same(long size, Random random, int samples) throws Exception {
        var tree = open(size);
        assertThat(tree.root()).isEqualTo(naive.root(size));
        for (int i = 0; i < samples && size > 0; i++) {
            long part = size - (long) (random.nextDouble() * Math.min(size, i % 2 == 0 ? size : 300));
            long index = (long) (random.nextDouble() * part);
            assertThat(tree.root(part)).isEqualTo(naive.root(part));
            var inclusion = tree.inclusion(index, part);
            assertThat(inclusion).usingRecursiveComparison().isEqualTo(naive.inclusion(index, part));
            assertThat(Inclusion.verify(index, part, leaf(index), inclusion, naive.root(part)))
                    .isTrue();
            var consistency = tree.consistency(part, size);
            assertThat(consistency).usingRecursiveComparison().isEqualTo(naive.consistency(part, size));
        }
    }

    @Test
    void aTreeThatGrewGoesOnWithTheTilesThatWereVerified() throws Exception {
        grow(1000);
        var tree = TileTree.of(edge, this::serve);
        tree.inclusion(1, 1000);
        assertThat(read).containsExactly(TileName.whole(0, 0));
        grow(1001);
        var grown = tree.grown(edge);
        assertThat(grown.inclusion(2, 1001)).usingRecursiveComparison().isEqualTo(naive.inclusion(2, 1001));
        assertThat(tree.inclusion(2, 1000)).usingRecursiveComparison().isEqualTo(naive.inclusion(2, 1000));
        assertThat(read).hasSize(1);
        assertThatThrownBy(() -> grown.grown(new RightEdge())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aProofReadsOneTileOfEachLevelAlongItsPath() throws Exception {
        grow(LARGEST);
        var tree = open(LARGEST);
        assertThat(read).hasSize(3);
        read.clear();
        tree.inclusion(70_000, LARGEST);
        assertThat(read).containsExactly(TileName.whole(1, 1), TileName.whole(0, 273));
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 16, 1 << 24, (1L << 40) + (1 << 20) + 77, (1L << 62) + 1, Long.MAX_VALUE})
    void aTreeOfAnySizeNeedsALogarithmOfTiles(long size) throws Exception {
        var uniform = new Uniform();
        byte[] root = uniform.root(size);
        var tree = TileTree.<RuntimeException>open(size, root, uniform);
        int levels = (Long.SIZE - Long.numberOfLeadingZeros(size) + 7) / 8;
        for (long index : new long[] {0, size / 3, size - 1}) {
            uniform.reads = 0;
            var proof = tree.inclusion(index, size);
            assertThat(Inclusion.verify(index, size, Uniform.LEAF, proof, root)).isTrue();
            assertThat(uniform.reads).isLessThanOrEqualTo(2 * levels);
        }
        var proof = tree.consistency(size / 3, size);
        assertThat(Consistency.verify(size / 3, size, proof, uniform.root(size / 3), root))
                .isTrue();
    }

    /** A log of one leaf, again and again, of any size. */
    private static final class Uniform implements Tiles<RuntimeException> {
        static final byte[] LEAF = leaf(0);
        private final List<byte[]> complete = new ArrayList<>();
        int reads;

        private byte[] complete(int height) {
            while (complete.size() <= height) {
                complete.add(
                        complete.isEmpty()
                                ? LEAF
                                : MerkleHash.node(
                                        complete.get(complete.size() - 1), complete.get(complete.size() - 1)));
            }
            return complete.get(height);
        }

        byte[] root(long size) {
            if (Long.bitCount(size) == 1) {
                return complete(Long.numberOfTrailingZeros(size));
            }
            int left = Long.SIZE - 1 - Long.numberOfLeadingZeros(size);
            return MerkleHash.node(complete(left), root(size - (1L << left)));
        }

        @Override
        public byte[] read(TileName tile) {
            reads++;
            var hashes = ByteBuffer.allocate(tile.width() * MerkleHash.SIZE);
            for (int i = 0; i < tile.width(); i++) {
                hashes.put(complete(tile.level() * 8));
            }
            return hashes.array();
        }
    }

    @Test
    void aTileWithAnyBitChangedIsNotBelieved() throws Exception {
        grow(66_000);
        var random = new Random(7);
        for (var name : List.of(TileName.whole(0, 5), TileName.whole(1, 0))) {
            for (int i = 0; i < 40; i++) {
                var tree = open(66_000);
                byte[] hashes = Objects.requireNonNull(stored.get(name));
                int at = random.nextInt(hashes.length);
                hashes[at] ^= 1;
                assertThatThrownBy(() -> tree.inclusion(5 * 256 + 3, 66_000))
                        .isInstanceOf(MalformedLogException.class)
                        .hasMessageContaining(name.path());
                hashes[at] ^= 1;
            }
        }
        byte[] root = naive.root();
        for (var name : List.of(new TileName(0, 257, 208), new TileName(1, 1, 1), new TileName(2, 0, 1))) {
            for (int at = 0; at < name.width() * MerkleHash.SIZE; at += 31) {
                int bad = at;
                assertThatThrownBy(() -> TileTree.<RuntimeException>open(66_000, root, tile -> {
                            byte[] hashes = serve(tile);
                            if (tile.equals(name)) {
                                hashes[bad] ^= 1;
                            }
                            return hashes;
                        }))
                        .isInstanceOf(MalformedLogException.class);
            }
        }
    }

    @Test
    void aTileOfAnotherLengthIsNotBelieved() throws Exception {
        grow(600);
        for (int length : new int[] {0, 1, 31, 32, 8191, 8193}) {
            assertThatThrownBy(() -> TileTree.<RuntimeException>open(600, naive.root(), name -> new byte[length]))
                    .isInstanceOf(MalformedLogException.class);
        }
        var tree = open(600);
        stored.put(TileName.whole(0, 0), new byte[32]);
        assertThatThrownBy(() -> tree.inclusion(0, 600)).isInstanceOf(MalformedLogException.class);
    }

    @Test
    void whatATreeDoesNotHaveIsNotAsked() throws Exception {
        grow(300);
        var tree = open(300);
        assertThat(tree.hashes(new TileName(0, 1, 44))).hasSize(44 * 32);
        assertThat(tree.hashes(new TileName(0, 0, 7))).hasSize(7 * 32);
        for (var name : List.of(new TileName(0, 1, 45), TileName.whole(1, 0), new TileName(TileName.ENTRIES, 0, 1))) {
            assertThatThrownBy(() -> tree.hashes(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> tree.inclusion(300, 300)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.inclusion(-1, 300)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.root(301)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.consistency(301, 300)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TileTree.<RuntimeException>open(-1, naive.root(), this::serve))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tilesAndBundlesOfAnotherImplementationAreOursByteForByte() throws Exception {
        var folder = Vectors.folder("tlog/tessera/log");
        for (int size = 1; size <= 15; size++) {
            var checkpoint = Checkpoint.parse(Files.readString(folder.resolve("checkpoint." + size)));
            assertThat(checkpoint.size()).isEqualTo(size);
            var name = new TileName(TileName.ENTRIES, 0, size);
            byte[] bundle = Files.readAllBytes(folder.resolve(name.path()));
            var entries = EntryBundle.parse(bundle, size);
            assertThat(EntryBundle.encode(entries)).isEqualTo(bundle);
            append(MerkleHash.leaf(entries.get(size - 1)));
            assertThat(edge.root()).isEqualTo(checkpoint.root());
            assertThat(edge.tile(0).hashes(size))
                    .isEqualTo(Files.readAllBytes(folder.resolve(new TileName(0, 0, size).path())));
            TileTree.<java.io.IOException>open(
                    size, checkpoint.root(), tile -> Files.readAllBytes(folder.resolve(tile.path())));
        }
    }

    @Test
    void filesThatAreNoTilesOfALogAreNotBelieved() throws Exception {
        // A layout whose files have the right names, and texts for hashes.
        var folder = Vectors.folder("tlog/sunlight");
        var checkpoint = Checkpoint.parse(Files.readString(folder.resolve("checkpoint")));
        for (int level = 0; level <= 1; level++) {
            var name = new TileName(level, 1 - level, level == 0 ? 44 : 1);
            assertThat(name.isIn(checkpoint.size())).isTrue();
            assertThat(folder.resolve(name.path())).isRegularFile();
        }
        assertThatThrownBy(() -> TileTree.<java.io.IOException>open(
                        checkpoint.size(), checkpoint.root(), tile -> Files.readAllBytes(folder.resolve(tile.path()))))
                .isInstanceOf(MalformedLogException.class);
    }

    @Test
    void theEmptyTreeHasTheRootOfNothing() throws Exception {
        assertThat(open(0).root()).isEqualTo(MerkleHash.empty()).isEqualTo(open(0).root(0));
        assertThat(read).isEmpty();
        grow(3);
        assertThat(open(3).root(0)).isEqualTo(MerkleHash.empty());
        assertThat(new String(
                        EntryBundle.encode(List.of("a".getBytes(StandardCharsets.US_ASCII))),
                        StandardCharsets.US_ASCII))
                .isEqualTo("\0\1a");
    }
}
