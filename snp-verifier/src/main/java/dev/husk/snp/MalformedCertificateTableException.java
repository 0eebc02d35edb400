package dev.husk.snp;

/**
 * Thrown when bytes that claim to be a host's certificate table do not follow the format.
 *
 * <p>Says nothing about trust, in either direction: the host writes the table, and the chain of a certificate in it is
 * judged with the report.
 */
public final class MalformedCertificateTableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedCertificateTableException(int offset, String problem) {
        super("certificate table, offset 0x%03X: %s".formatted(offset, problem));
        this.offset = offset;
    }

    /** The offset, from the table's start, of the first byte that broke the format. */
    public int offset() {
        return offset;
    }
}
