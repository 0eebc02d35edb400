package dev.husk.snp.guest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whichever source answers first, in a fixed order. No judgement is lost by going on to the next: a verifier judges the
 * report, whoever fetched it.
 */
record FirstEvidence(List<EvidenceSource> sources) implements EvidenceSource {
    @Override
    public String name() {
        return "auto";
    }

    @Override
    public String evidence(byte[] reportData) throws IOException {
        var problems = new ArrayList<String>();
        var failure = new IOException();
        for (var source : sources) {
            try {
                return source.evidence(reportData);
            } catch (IOException e) {
                problems.add(String.valueOf(e.getMessage()));
                failure.addSuppressed(e);
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        var all = new IOException("no evidence source answers: " + String.join("; ", problems));
        for (var suppressed : failure.getSuppressed()) {
            all.addSuppressed(suppressed);
        }
        throw all;
    }
}
