package dev.husk.protocol.log;

/**
 * Where tiles of hashes are read from. {@link TileTree} believes nothing that it reads here.
 *
 * @param <E> what reading may fail with
 */
@FunctionalInterface
public interface Tiles<E extends Exception> {
    /** The hashes of a tile, one after the other. */
    byte[] read(TileName tile) throws E;
}
