package dev.husk.snp.azure;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.Verdict;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;

/** The outcome of judging evidence: {@link Trusted}, or {@link Rejected} with every reason that was found. */
public sealed interface AzureVerdict {

    /** Folds the two outcomes into one value; the compiler makes callers handle both. */
    <T> T match(Function<Trusted, T> onTrusted, Function<Rejected, T> onRejected);

    /**
     * Evidence that passed every check. Only {@link AzureVerifier} makes one, so a method that takes a {@code Trusted}
     * cannot be handed unverified evidence.
     */
    final class Trusted implements AzureVerdict {
        private final Verdict.Trusted report;
        private final VariableData variableData;
        private final VtpmQuote quote;

        Trusted(Verdict.Trusted report, VariableData variableData, VtpmQuote quote) {
            this.report = report;
            this.variableData = variableData;
            this.quote = quote;
        }

        public AttestationReport report() {
            return report.report();
        }

        /** The verdict on the report alone, for what takes one; it is had only where all of the evidence passed. */
        public Verdict.Trusted verdict() {
            return report;
        }

        /** What the paravisor said beside the report. */
        public VariableData variableData() {
            return variableData;
        }

        public VtpmQuote quote() {
            return quote;
        }

        /** The values of the PCRs that were quoted, by number; others are not known. */
        public SortedMap<Integer, Bytes> pcrs() {
            return quote.pcrs();
        }

        /** Whether the root is a simulator's: then nothing is protected from the machine's owner. */
        public boolean simulated() {
            return report.simulated();
        }

        @Override
        public <T> T match(Function<Trusted, T> onTrusted, Function<Rejected, T> onRejected) {
            return onTrusted.apply(this);
        }

        @Override
        public String toString() {
            return report.toString();
        }
    }

    /** Evidence that failed at least one check. */
    record Rejected(List<AzureReason> reasons) implements AzureVerdict {
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
