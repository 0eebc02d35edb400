package dev.husk.snp.measure;

/** Thrown when bytes that claim to be an OVMF or SVSM image do not follow the format. */
public final class MalformedFirmwareException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedFirmwareException(int offset, String problem) {
        super("firmware image, offset 0x%X: %s".formatted(offset, problem));
        this.offset = offset;
    }

    /** The offset in the image of the first byte that broke the format. */
    public int offset() {
        return offset;
    }
}
