package dev.husk.snp.measure;

/** Thrown when bytes that claim to be an ID block, or its authentication information, do not follow the format. */
public final class MalformedIdBlockException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedIdBlockException(String what, int offset, String problem) {
        super("%s, offset 0x%03X: %s".formatted(what, offset, problem));
        this.offset = offset;
    }

    /** The offset of the first byte that broke the format. */
    public int offset() {
        return offset;
    }
}
