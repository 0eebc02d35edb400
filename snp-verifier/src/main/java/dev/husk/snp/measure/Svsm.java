package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;

/** An image of COCONUT-SVSM, the service module that runs at VMPL 0 below the guest's firmware. Immutable. */
public final class Svsm {
    private static final UUID INFO = UUID.fromString("a789a612-0597-4c4b-a49f-cbb1fe9d1ddd");

    private final byte[] image;
    private final List<OvmfSection> sections;
    private final long entryPoint;

    private Svsm(byte[] image, List<OvmfSection> sections, long entryPoint) {
        this.image = image;
        this.sections = sections;
        this.entryPoint = entryPoint;
    }

    /**
     * Reads the tables of an image.
     *
     * @throws MalformedFirmwareException if {@code encoded} is not whole pages, its table of GUIDs or its SEV metadata
     *     are absent or break their format, or it does not say where it starts
     */
    public static Svsm parse(Bytes encoded) throws MalformedFirmwareException {
        byte[] image = encoded.toArray();
        if (image.length % Pages.SIZE != 0) {
            throw new MalformedFirmwareException(image.length, "%d bytes are not whole pages".formatted(image.length));
        }
        var in = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        var table = GuidTable.parse(in);
        var info = table.find(INFO, Integer.BYTES);
        if (info.isEmpty()) {
            throw new MalformedFirmwareException(image.length, "no entry %s: not an image of SVSM".formatted(INFO));
        }
        long entryPoint = Integer.toUnsignedLong(in.getInt(info.getAsInt()));
        if (entryPoint >= image.length) {
            throw new MalformedFirmwareException(
                    info.getAsInt(), "it starts at 0x%X, past its end".formatted(entryPoint));
        }
        var sections = SevMetadata.parse(in, table);
        if (sections.isEmpty()) {
            throw new MalformedFirmwareException(image.length, "no SEV metadata");
        }
        return new Svsm(image, sections, entryPoint);
    }

    /** The memory that the host prepares, in the order of measurement. */
    public List<OvmfSection> sections() {
        return sections;
    }

    /** Size of the image, in bytes. */
    public int size() {
        return image.length;
    }

    /** Where every vCPU starts, counted from the first byte of the image. */
    long entryPoint() {
        return entryPoint;
    }

    /** The bytes themselves, not a copy. */
    byte[] image() {
        return image;
    }
}
