package dev.husk.gateway.log;

import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.Tiles;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The whole tiles of the log in the database. One that is missing there is derived from the leaves again. */
@ApplicationScoped
@Transactional(TxType.REQUIRES_NEW)
public class StoredTiles implements Tiles<RuntimeException> {
    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private Ledger ledger;

    /** Writes tiles that are not there, or are there with other hashes. They may be lost again in a crash. */
    void keep(Map<TileName, byte[]> tiles) {
        Ledger.commitEarly(database);
        tiles.forEach((name, hashes) -> database.createNativeQuery(
                        "insert into tile (level, idx, hashes) values (?1, ?2, ?3) on conflict (level, idx) "
                                + "do update set hashes = excluded.hashes where tile.hashes <> excluded.hashes")
                .setParameter(1, name.level())
                .setParameter(2, name.index())
                .setParameter(3, hashes)
                .executeUpdate());
    }

    @Override
    public byte[] read(TileName tile) {
        if (!tile.isWhole()) {
            throw new IllegalArgumentException(tile + " is not stored");
        }
        List<?> found = database.createNativeQuery("select hashes from tile where level = ?1 and idx = ?2")
                .setParameter(1, tile.level())
                .setParameter(2, tile.index())
                .getResultList();
        return found.isEmpty() ? derive(tile) : (byte[]) found.get(0);
    }

    private byte[] derive(TileName tile) {
        var hashes = ByteBuffer.allocate(TileName.WIDTH * MerkleHash.SIZE);
        long start = tile.index() * TileName.WIDTH;
        if (tile.level() == 0) {
            var leaves = ledger.leaves(start, start + TileName.WIDTH);
            if (leaves.size() < TileName.WIDTH) {
                throw new IllegalStateException("the database's log lacks entries of " + tile);
            }
            leaves.forEach(leaf -> hashes.put(MerkleHash.leaf(leaf)));
        } else {
            for (long below = start; below < start + TileName.WIDTH; below++) {
                hashes.put(root(read(TileName.whole(tile.level() - 1, below))));
            }
        }
        return hashes.array();
    }

    private static byte[] root(byte[] hashes) {
        var edge = new RightEdge();
        for (int at = 0; at < hashes.length; at += MerkleHash.SIZE) {
            edge.append(Arrays.copyOfRange(hashes, at, at + MerkleHash.SIZE), (name, filled) -> {});
        }
        return edge.root();
    }
}
