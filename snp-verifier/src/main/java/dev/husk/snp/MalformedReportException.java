package dev.husk.snp;

/**
 * Thrown when bytes that claim to be an attestation report do not follow the format.
 *
 * <p>Says nothing about trust: a report that parses can still be rejected, and that is a {@link Verdict}.
 */
public final class MalformedReportException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedReportException(int offset, String problem) {
        super("attestation report, offset 0x%03X: %s".formatted(offset, problem));
        this.offset = offset;
    }

    /** The offset of the first byte that broke the format. */
    public int offset() {
        return offset;
    }
}
