package dev.husk.snp.kds;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a piece of collateral cannot be had.
 *
 * <p>Says nothing about the report that it was wanted for. The message names the piece, what was tried, and the file
 * that a directory would hold it in.
 */
public final class CollateralException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What a caller may act upon. */
    public enum Problem {
        /** The server has no such thing, or the report names no chip to ask for. Asking again will not help. */
        ABSENT,
        /** No answer, a failing server, one that limits its callers, or no network at all. */
        UNREACHABLE,
        /** The server answered with something else than what was asked for; it was not kept. */
        UNTRUE,
        /** The cache directory cannot be read, written or locked. */
        CACHE
    }

    private final Problem problem;
    private final @Nullable Instant retryAt;

    CollateralException(Problem problem, String message) {
        this(problem, message, null);
    }

    CollateralException(Problem problem, String message, @Nullable Instant retryAt) {
        super(message);
        this.problem = problem;
        this.retryAt = retryAt;
    }

    /** The same failure, and what else was tried. */
    CollateralException with(String more) {
        var longer = new CollateralException(problem, getMessage() + more, retryAt);
        longer.initCause(this);
        return longer;
    }

    public Problem problem() {
        return problem;
    }

    /** The moment before which the server is not called again, where there is one. */
    public Optional<Instant> retryAt() {
        return Optional.ofNullable(retryAt);
    }
}
