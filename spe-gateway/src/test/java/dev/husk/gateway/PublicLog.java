package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.EntryBundle;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/** The log of a gateway as anybody reads it, from its tiles alone. */
final class PublicLog {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;

    /** @param base the gateway's address, with a slash at its end */
    PublicLog(String base) {
        this.base = base;
    }

    HttpResponse<byte[]> get(String path, String... headers) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(base + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    static HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    byte[] file(String path) throws IOException {
        var answer = get("log/" + path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }

    Checkpoint checkpoint() throws IOException {
        return Checkpoint.parse(new String(file("checkpoint"), StandardCharsets.UTF_8));
    }

    /** The tree of a checkpoint, each tile held against it. */
    TileTree<IOException> tree(Checkpoint checkpoint) throws Exception {
        return TileTree.open(checkpoint.size(), checkpoint.root(), tile -> file(tile.path()));
    }

    /** The entries, which make the checkpoint's root. */
    List<String> leaves(Checkpoint checkpoint) throws Exception {
        var leaves = new ArrayList<String>();
        var edge = new RightEdge();
        while (leaves.size() < checkpoint.size()) {
            int width = (int) Math.min(TileName.WIDTH, checkpoint.size() - leaves.size());
            var name = new TileName(TileName.ENTRIES, leaves.size() / TileName.WIDTH, width);
            for (byte[] entry : EntryBundle.parse(file(name.path()), width)) {
                leaves.add(new String(entry, StandardCharsets.UTF_8));
                edge.append(MerkleHash.leaf(entry), (tile, hashes) -> {});
            }
        }
        assertThat(edge.root()).isEqualTo(checkpoint.root());
        return leaves;
    }

    /**
     * Holds what was handed out against the log as it is now: every checkpoint was a state of it, every receipt's leaf
     * is there where the receipt says, and no two receipts are of one leaf.
     */
    void requireHolds(VerifierKey key, Collection<Receipt> receipts) throws Exception {
        var head = checkpoint();
        assertThat(head.verify(key)).isTrue();
        var leaves = leaves(head);
        var tree = tree(head);
        var seen = new HashSet<Long>();
        for (var receipt : receipts) {
            assertThat(receipt.provenBy(key)).isTrue();
            var checkpoint = receipt.checkpoint();
            assertThat(checkpoint.size()).isLessThanOrEqualTo(head.size());
            assertThat(tree.root(checkpoint.size())).as("two histories").isEqualTo(checkpoint.root());
            assertThat(leaves.get((int) receipt.index()))
                    .isEqualTo(new String(receipt.leaf().bytes(), StandardCharsets.UTF_8));
            assertThat(seen.add(receipt.index())).as("two answers, one event").isTrue();
        }
    }
}
