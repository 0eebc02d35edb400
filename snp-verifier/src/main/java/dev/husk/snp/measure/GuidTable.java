package dev.husk.snp.measure;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The table at the end of an OVMF or SVSM image, read backwards from the reset vector (edk2, OvmfPkg/ResetVector):
 * each entry is its data, then its length with this header, then its GUID.
 */
final class GuidTable {
    private static final UUID FOOTER = UUID.fromString("96b582de-1fb2-45f7-baea-a366c55a082d");
    private static final int RESET_VECTOR = 32;
    private static final int HEADER = Short.BYTES + Guid.SIZE;

    private record Entry(int offset, int length) {}

    private final ByteBuffer image;
    private final Map<UUID, Entry> entries = new HashMap<>();

    private GuidTable(ByteBuffer image) {
        this.image = image;
    }

    /** @param image the whole image, in little-endian order */
    static GuidTable parse(ByteBuffer image) throws MalformedFirmwareException {
        int footer = image.limit() - RESET_VECTOR - HEADER;
        if (footer < 0) {
            throw new MalformedFirmwareException(image.limit(), "too short for a table of GUIDs");
        }
        if (!Guid.read(image, footer + Short.BYTES).equals(FOOTER)) {
            throw new MalformedFirmwareException(
                    footer + Short.BYTES, "no table of GUIDs ends here: not an image of OVMF or SVSM");
        }
        int length = length(image, footer);
        int start = footer + HEADER - length;
        if (length < HEADER || start < 0) {
            throw new MalformedFirmwareException(footer, "a table of %d bytes".formatted(length));
        }
        var table = new GuidTable(image);
        for (int end = footer; end > start; ) {
            end = table.entry(start, end);
        }
        return table;
    }

    /** Reads the entry that ends at {@code end}; answers where it begins. */
    private int entry(int start, int end) throws MalformedFirmwareException {
        int header = end - HEADER;
        if (header < start) {
            throw new MalformedFirmwareException(start, "%d bytes that are no entry".formatted(end - start));
        }
        int length = length(image, header);
        if (length < HEADER || length > end - start) {
            throw new MalformedFirmwareException(header, "a table entry of %d bytes".formatted(length));
        }
        var guid = Guid.read(image, header + Short.BYTES);
        if (entries.put(guid, new Entry(end - length, length - HEADER)) != null) {
            throw new MalformedFirmwareException(header + Short.BYTES, "a second entry " + guid);
        }
        return end - length;
    }

    /** Where the data of {@code guid} begin, at least {@code size} bytes; empty where the table has no such entry. */
    OptionalInt find(UUID guid, int size) throws MalformedFirmwareException {
        var entry = entries.get(guid);
        if (entry == null) {
            return OptionalInt.empty();
        }
        if (entry.length() < size) {
            throw new MalformedFirmwareException(
                    entry.offset(), "entry %s has %d bytes, expected %d".formatted(guid, entry.length(), size));
        }
        return OptionalInt.of(entry.offset());
    }

    private static int length(ByteBuffer image, int at) {
        return Short.toUnsignedInt(image.getShort(at));
    }
}
