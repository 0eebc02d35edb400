package dev.husk.protocol.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Entries as a bundle holds them: each behind its length in two bytes, big-endian (C2SP {@code tlog-tiles}). */
public final class EntryBundle {
    private static final int MAX_ENTRY = 0xffff;

    private EntryBundle() {}

    /** @param entries at most 65535 bytes each */
    public static byte[] encode(List<byte[]> entries) {
        var out = ByteBuffer.allocate(
                entries.stream().mapToInt(entry -> Short.BYTES + entry.length).sum());
        for (byte[] entry : entries) {
            if (entry.length > MAX_ENTRY) {
                throw new IllegalArgumentException("an entry of " + entry.length + " bytes");
            }
            out.putShort((short) entry.length).put(entry);
        }
        return out.array();
    }

    /** Reads a bundle that must have {@code width} entries and nothing else. */
    public static List<byte[]> parse(byte[] bundle, int width) throws MalformedLogException {
        var in = ByteBuffer.wrap(bundle);
        var entries = new ArrayList<byte[]>();
        while (entries.size() < width) {
            int length = in.remaining() < Short.BYTES ? -1 : Short.toUnsignedInt(in.getShort());
            if (length < 0 || length > in.remaining()) {
                throw new MalformedLogException("a bundle ends within entry " + entries.size() + " of " + width);
            }
            byte[] entry = new byte[length];
            in.get(entry);
            entries.add(entry);
        }
        if (in.hasRemaining()) {
            throw new MalformedLogException("a bundle has " + in.remaining() + " bytes behind its last entry");
        }
        return entries;
    }
}
