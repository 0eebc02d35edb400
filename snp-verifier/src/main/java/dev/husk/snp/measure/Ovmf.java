package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * An image of OVMF, the firmware that guests start in; of a pair of files this is the one with the code.
 *
 * <p>That an image parses says nothing about what it does. Immutable.
 */
public final class Ovmf {
    private static final UUID HASH_TABLE = UUID.fromString("7255371f-3a3b-4b04-927b-1da6efa8d454");
    private static final UUID RESET_BLOCK = UUID.fromString("00f771de-1a7e-4fcb-890e-68c77e2fb44e");
    private static final long FOUR_GIB = 1L << 32;

    /** Where the host writes the table of kernel hashes, if it does. */
    record HashTable(long address, long size) {}

    private final byte[] image;
    private final List<OvmfSection> sections;
    private final Optional<HashTable> hashTable;
    private final OptionalLong apResetVector;

    private Ovmf(byte[] image, List<OvmfSection> sections, Optional<HashTable> hashTable, OptionalLong apResetVector) {
        this.image = image;
        this.sections = sections;
        this.hashTable = hashTable;
        this.apResetVector = apResetVector;
    }

    /**
     * Reads the tables of an image.
     *
     * @throws MalformedFirmwareException if {@code encoded} is not whole pages, has no table of GUIDs at its end, or
     *     that table or the SEV metadata break their format, overlap, or say the same twice
     */
    public static Ovmf parse(Bytes encoded) throws MalformedFirmwareException {
        byte[] image = encoded.toArray();
        if (image.length % Pages.SIZE != 0) {
            throw new MalformedFirmwareException(image.length, "%d bytes are not whole pages".formatted(image.length));
        }
        var in = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        var table = GuidTable.parse(in);
        return new Ovmf(image, SevMetadata.parse(in, table), hashTable(in, table), apResetVector(in, table));
    }

    private static Optional<HashTable> hashTable(ByteBuffer in, GuidTable table) throws MalformedFirmwareException {
        var entry = table.find(HASH_TABLE, 2 * Integer.BYTES);
        // Builds that check no kernel have the entry as well, with address 0.
        if (entry.isEmpty() || in.getInt(entry.getAsInt()) == 0) {
            return Optional.empty();
        }
        int at = entry.getAsInt();
        long size = Integer.toUnsignedLong(in.getInt(at + 4));
        if (size < KernelHashes.TABLE_SIZE) {
            throw new MalformedFirmwareException(at + 4, "%d bytes for the table of kernel hashes".formatted(size));
        }
        return Optional.of(new HashTable(Integer.toUnsignedLong(in.getInt(at)), size));
    }

    private static OptionalLong apResetVector(ByteBuffer in, GuidTable table) throws MalformedFirmwareException {
        var entry = table.find(RESET_BLOCK, Integer.BYTES);
        if (entry.isEmpty() || in.getInt(entry.getAsInt()) == 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Integer.toUnsignedLong(in.getInt(entry.getAsInt())));
    }

    /** The memory that an SEV-SNP host prepares, in the order of measurement; empty where the image is for none. */
    public List<OvmfSection> sections() {
        return sections;
    }

    /** Whether a SEV-SNP launch of this image can measure a kernel. */
    public boolean measuresKernel() {
        return hashTable.isPresent()
                && sections.stream().anyMatch(section -> section.kind() == OvmfSection.Kind.KERNEL_HASHES);
    }

    /** Size of the image, in bytes. */
    public int size() {
        return image.length;
    }

    /** The guest physical address where the image begins: it ends at 4 GiB. */
    public long address() {
        return FOUR_GIB - image.length;
    }

    Optional<HashTable> hashTable() {
        return hashTable;
    }

    OptionalLong apResetVector() {
        return apResetVector;
    }

    /** The bytes themselves, not a copy. */
    byte[] image() {
        return image;
    }
}
