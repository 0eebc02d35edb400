package dev.husk.snp.azure;

import java.util.OptionalInt;

/**
 * Thrown when Azure's evidence does not follow the format: the bytes of a part of it, or the JSON around them.
 *
 * <p>Says nothing about trust: evidence that parses can still be rejected, and that is an {@link AzureVerdict}.
 */
public final class MalformedAzureEvidenceException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_PART = 80;
    private static final int NO_OFFSET = -1;

    private final String part;
    private final int offset;

    private MalformedAzureEvidenceException(String part, int offset, String message) {
        super(message);
        this.part = part;
        this.offset = offset;
    }

    /** Bytes that break their format. */
    static MalformedAzureEvidenceException at(String part, int offset, String problem) {
        var name = printable(part);
        return new MalformedAzureEvidenceException(
                name, offset, "Azure evidence, %s, offset 0x%03X: %s".formatted(name, offset, problem));
    }

    /** A member of the JSON that is missing, unknown or of a wrong type or size. */
    static MalformedAzureEvidenceException member(String path, String problem) {
        var name = printable(path);
        return new MalformedAzureEvidenceException(name, NO_OFFSET, "Azure evidence, %s: %s".formatted(name, problem));
    }

    /** What is at fault: a member's path as in the newest JSON form, such as {@code tpm_quote.message}. */
    public String part() {
        return part;
    }

    /** The offset of the first byte that broke the format, in the bytes of the part; empty where the JSON did. */
    public OptionalInt offset() {
        return offset == NO_OFFSET ? OptionalInt.empty() : OptionalInt.of(offset);
    }

    /** The name may be the sender's own invention. */
    private static String printable(String name) {
        var text = name.replaceAll("[^\\x21-\\x7E]", "?");
        return text.length() <= LONGEST_PART ? text : text.substring(0, LONGEST_PART) + "...";
    }
}
