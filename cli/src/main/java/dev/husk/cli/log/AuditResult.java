package dev.husk.cli.log;

import java.util.List;

/**
 * What an audit found.
 *
 * @param size entries of the whole log
 * @param findings empty where everything fits
 * @param events those that open their leaves, in the order of the log
 */
public record AuditResult(long size, List<Finding> findings, List<AuditedEvent> events) {
    public AuditResult {
        findings = List.copyOf(findings);
        events = List.copyOf(events);
    }

    public boolean passed() {
        return findings.isEmpty();
    }

    /** This result and one finding more, named first. */
    public AuditResult and(Finding finding) {
        var all = new java.util.ArrayList<Finding>();
        all.add(finding);
        all.addAll(findings);
        return new AuditResult(size, all, events);
    }
}
