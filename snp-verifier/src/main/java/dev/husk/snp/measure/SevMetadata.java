package dev.husk.snp.measure;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** The SEV metadata of an image: a header and the sections, in the order in which they are measured. */
final class SevMetadata {
    private static final UUID GUID = UUID.fromString("dc886566-984a-4798-a75e-5585a7bf67cc");
    private static final int SIGNATURE = 0x56455341; // "ASEV"
    private static final int VERSION = 1;
    private static final int HEADER = 16;
    private static final int SECTION = 12;
    private static final long FOUR_GIB = 1L << 32;

    private SevMetadata() {}

    /** Empty where the table names no metadata. The sections are disjoint. */
    static List<OvmfSection> parse(ByteBuffer image, GuidTable table) throws MalformedFirmwareException {
        var entry = table.find(GUID, Integer.BYTES);
        if (entry.isEmpty()) {
            return List.of();
        }
        long fromEnd = Integer.toUnsignedLong(image.getInt(entry.getAsInt()));
        if (fromEnd < HEADER || fromEnd > image.limit()) {
            throw new MalformedFirmwareException(
                    entry.getAsInt(), "metadata 0x%X bytes before the end of the image".formatted(fromEnd));
        }
        int start = image.limit() - (int) fromEnd;
        if (image.getInt(start) != SIGNATURE) {
            throw new MalformedFirmwareException(start, "metadata without the signature ASEV");
        }
        if (image.getInt(start + 8) != VERSION) {
            throw new MalformedFirmwareException(
                    start + 8, "metadata of version " + Integer.toUnsignedString(image.getInt(start + 8)));
        }
        long length = Integer.toUnsignedLong(image.getInt(start + 4));
        long count = Integer.toUnsignedLong(image.getInt(start + 12));
        if (length != HEADER + count * SECTION || length > fromEnd) {
            throw new MalformedFirmwareException(
                    start + 4, "metadata of %d bytes with %d sections".formatted(length, count));
        }
        var sections = new ArrayList<OvmfSection>();
        for (int at = start + HEADER; at < start + length; at += SECTION) {
            sections.add(section(image, at));
        }
        requireDisjoint(sections, start + HEADER);
        return List.copyOf(sections);
    }

    private static OvmfSection section(ByteBuffer image, int at) throws MalformedFirmwareException {
        long address = Integer.toUnsignedLong(image.getInt(at));
        long size = Integer.toUnsignedLong(image.getInt(at + 4));
        int code = image.getInt(at + 8);
        var kind = OvmfSection.Kind.of(code)
                .orElseThrow(() -> new MalformedFirmwareException(
                        at + 8, "unknown section type " + Integer.toUnsignedString(code)));
        if (address % Pages.SIZE != 0) {
            throw new MalformedFirmwareException(at, "a section at 0x%X, within a page".formatted(address));
        }
        // A page too many or too few of these is a different digest, depending on who counts.
        if (size == 0 || size % Pages.SIZE != 0 || address + size > FOUR_GIB || kind.onePage() && size != Pages.SIZE) {
            throw new MalformedFirmwareException(
                    at + 4, "section %s at 0x%X of 0x%X bytes".formatted(kind, address, size));
        }
        return new OvmfSection(kind, address, size);
    }

    /** No page is measured twice; this also bounds the work, whatever the sizes say. */
    private static void requireDisjoint(List<OvmfSection> sections, int first) throws MalformedFirmwareException {
        var byAddress = IntStream.range(0, sections.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> sections.get(i).address()))
                .toList();
        for (int i = 1; i < byAddress.size(); i++) {
            int below = byAddress.get(i - 1);
            int above = byAddress.get(i);
            if (sections.get(above).address() < sections.get(below).end()) {
                throw new MalformedFirmwareException(
                        first + Math.max(below, above) * SECTION,
                        "%s overlaps %s".formatted(sections.get(above), sections.get(below)));
            }
        }
    }
}
