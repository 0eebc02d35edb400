package dev.husk.snp;

import java.util.List;
import java.util.function.Function;

/** The outcome of judging a report: {@link Trusted}, or {@link Rejected} with every reason that was found. */
public sealed interface Verdict {

    /** Folds the two outcomes into one value; the compiler makes callers handle both. */
    <T> T match(Function<Trusted, T> onTrusted, Function<Rejected, T> onRejected);

    /**
     * A report that passed every check. Only {@link SnpVerifier} makes one, so a method that takes a {@code Trusted}
     * cannot be handed an unverified report.
     */
    final class Trusted implements Verdict {
        private final AttestationReport report;
        private final boolean simulated;

        Trusted(AttestationReport report, boolean simulated) {
            this.report = report;
            this.simulated = simulated;
        }

        public AttestationReport report() {
            return report;
        }

        /** Whether the root is a simulator's: then nothing is protected from the machine's owner. */
        public boolean simulated() {
            return simulated;
        }

        @Override
        public <T> T match(Function<Trusted, T> onTrusted, Function<Rejected, T> onRejected) {
            return onTrusted.apply(this);
        }

        @Override
        public String toString() {
            return simulated ? "trusted (SIMULATED)" : "trusted";
        }
    }

    /** A report that failed at least one check. */
    record Rejected(List<Reason> reasons) implements Verdict {
        public Rejected {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("a rejection has a reason");
            }
        }

        @Override
        public <T> T match(Function<Trusted, T> onTrusted, Function<Rejected, T> onRejected) {
            return onRejected.apply(this);
        }
    }
}
