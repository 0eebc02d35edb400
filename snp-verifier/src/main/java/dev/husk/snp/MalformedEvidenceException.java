package dev.husk.snp;

/**
 * Thrown when JSON that claims to be SEV-SNP evidence does not follow the format, or has a member that is not known.
 *
 * <p>Says nothing about trust: evidence that parses can still be rejected, and that is a {@link Verdict}.
 */
public final class MalformedEvidenceException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_NAME = 80;

    private final String member;

    MalformedEvidenceException(String member, String problem) {
        super("evidence: %s: %s".formatted(printable(member), problem));
        this.member = printable(member);
    }

    /** The path of the member that broke the format, such as {@code attestation_report.chip_id}. */
    public String member() {
        return member;
    }

    /** The name may be the sender's own invention. */
    private static String printable(String name) {
        var text = name.replaceAll("[^\\x21-\\x7E]", "?");
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "...";
    }
}
