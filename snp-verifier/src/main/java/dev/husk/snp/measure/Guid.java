package dev.husk.snp.measure;

import java.nio.ByteBuffer;
import java.util.UUID;

/** GUIDs as UEFI lays them out: the first three fields little-endian, the rest in order. */
final class Guid {
    static final int SIZE = 16;

    private Guid() {}

    /** @param in in little-endian order */
    static UUID read(ByteBuffer in, int at) {
        long high = Integer.toUnsignedLong(in.getInt(at)) << 32
                | Short.toUnsignedLong(in.getShort(at + 4)) << 16
                | Short.toUnsignedLong(in.getShort(at + 6));
        return new UUID(high, Long.reverseBytes(in.getLong(at + 8)));
    }

    /** @param out in little-endian order */
    static void put(ByteBuffer out, UUID guid) {
        long high = guid.getMostSignificantBits();
        out.putInt((int) (high >>> 32))
                .putShort((short) (high >>> 16))
                .putShort((short) high)
                .putLong(Long.reverseBytes(guid.getLeastSignificantBits()));
    }
}
