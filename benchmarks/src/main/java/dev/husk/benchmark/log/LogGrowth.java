package dev.husk.benchmark.log;

import dev.husk.protocol.log.Consistency;
import dev.husk.protocol.log.Inclusion;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import dev.husk.protocol.log.Tiles;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Grows a log leaf by leaf, its whole tiles in files, and says at 1000, 10 000, .. leaves what proofs cost whoever has
 * nothing but a checkpoint and the files: each proof from a tree that was just opened.
 */
public final class LogGrowth {
    private static final int FIRST = 1000;
    private static final long MOST = 100_000_000;
    private static final int NO_FIGURES = 2;
    private static final String USAGE = "usage: LogGrowth [-to LEAVES] [-proofs COUNT]   (10000000 leaves, 500 proofs)";

    private final Path folder;
    private final int proofs;
    private final PrintStream out;
    private final RightEdge edge = new RightEdge();
    private final Random random = new Random(1);
    private long tilesRead;

    private LogGrowth(Path folder, int proofs, PrintStream out) {
        this.folder = folder;
        this.proofs = proofs;
        this.out = out;
    }

    public static void main(String... arguments) throws IOException, MalformedLogException {
        long to = 10_000_000;
        int proofs = 500;
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                long number = Long.parseLong(arguments[i + 1]);
                if (arguments[i].equals("-to") && number >= FIRST && number <= MOST) {
                    to = number;
                } else if (arguments[i].equals("-proofs") && number > 0 && number <= 1_000_000) {
                    proofs = (int) number;
                } else {
                    throw new IllegalArgumentException(arguments[i]);
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println(USAGE);
            System.exit(NO_FIGURES);
        }
        run(to, proofs, System.out);
    }

    static void run(long to, int proofs, PrintStream out) throws IOException, MalformedLogException {
        var folder = Files.createTempDirectory("husk-log-growth");
        try {
            new LogGrowth(folder, proofs, out).grow(to);
        } finally {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void grow(long to) throws IOException, MalformedLogException {
        out.printf(
                "%12s %9s %9s %9s %11s %11s %11s %11s %12s%n",
                "leaves",
                "inclusion",
                "receipt",
                "growth",
                "make p50",
                "make p99",
                "verify p50",
                "verify p99",
                "live heap");
        out.printf(
                "%12s %9s %9s %9s %11s %11s %11s %11s %12s%n",
                "", "hashes", "bytes", "hashes", "us, tiles", "us", "us", "us", "KiB");
        for (long next = FIRST; next <= to; next *= 10) {
            while (edge.size() < next) {
                edge.append(leaf(edge.size()), this::keep);
            }
            figures();
        }
    }

    private static byte[] leaf(long index) {
        return MerkleHash.leaf(ByteBuffer.allocate(Long.BYTES).putLong(index).array());
    }

    private void keep(TileName tile, byte[] hashes) {
        try {
            var file = folder.resolve(tile.path());
            Files.createDirectories(file.getParent());
            Files.write(file, hashes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void figures() throws IOException, MalformedLogException {
        long size = edge.size();
        byte[] root = edge.root();
        var own = TileTree.of(edge, tile -> Files.readAllBytes(folder.resolve(tile.path())));
        // As a log serves them: partial tiles come from the edge.
        Tiles<IOException> served = tile -> {
            tilesRead++;
            return tile.isWhole() ? Files.readAllBytes(folder.resolve(tile.path())) : partial(own, tile);
        };
        var making = new ArrayList<Long>();
        var verifying = new ArrayList<Long>();
        int hashes = 0;
        int growth = 0;
        tilesRead = 0;
        for (int i = 0; i < proofs; i++) {
            long index = (long) (random.nextDouble() * size);
            long start = System.nanoTime();
            var proof = TileTree.open(size, root, served).inclusion(index, size);
            long made = System.nanoTime();
            boolean holds = Inclusion.verify(index, size, leaf(index), proof, root);
            verifying.add(System.nanoTime() - made);
            making.add(made - start);
            hashes = Math.max(hashes, proof.size());
            if (!holds) {
                throw new IllegalStateException("the proof of " + index + " in " + size + " does not hold");
            }
        }
        double tiles = (double) tilesRead / proofs;
        for (int i = 0; i < Math.min(20, proofs); i++) {
            long before = 1 + (long) (random.nextDouble() * (size - 1));
            var proof = own.consistency(before, size);
            growth = Math.max(growth, proof.size());
            if (!Consistency.verify(before, size, proof, own.root(before), root)) {
                throw new IllegalStateException("the growth from " + before + " to " + size + " does not hold");
            }
        }
        out.printf(
                "%12d %9d %9d %9d %6.0f,%4.1f %11.0f %11.1f %11.1f %12d%n",
                size,
                hashes,
                hashes * MerkleHash.SIZE,
                growth,
                microseconds(making, 50),
                tiles,
                microseconds(making, 99),
                microseconds(verifying, 50),
                microseconds(verifying, 99),
                liveHeap());
    }

    private static byte[] partial(TileTree<IOException> own, TileName tile) throws IOException {
        try {
            return own.hashes(tile);
        } catch (MalformedLogException e) {
            throw new IOException(e);
        }
    }

    private static double microseconds(List<Long> nanoseconds, int percentile) {
        var sorted = nanoseconds.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[Math.min(sorted.length - 1, sorted.length * percentile / 100)] / 1000.0;
    }

    private static long liveHeap() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed() >> 10;
    }
}
