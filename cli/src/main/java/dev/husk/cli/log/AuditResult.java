package dev.husk.cli.log;

import dev.husk.protocol.log.WitnessPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an audit found.
 *
 * @param size entries of the whole log
 * @param findings empty where everything fits
 * @param events those that open their leaves, in the order of the log
 * @param witnesses what the cosignatures come to, where some are demanded
 */
public record AuditResult(
        long size, List<Finding> findings, List<AuditedEvent> events, Optional<WitnessPolicy.Judgement> witnesses) {
    public AuditResult {
        findings = List.copyOf(findings);
        events = List.copyOf(events);
    }

    public boolean passed() {
        return findings.isEmpty();
    }

    /** This result and one finding more, named first. */
    public AuditResult and(Finding finding) {
        var all = new ArrayList<Finding>();
        all.add(finding);
        all.addAll(findings);
        return new AuditResult(size, all, events, witnesses);
    }

    /** This result and what the cosignatures of its checkpoint come to. */
    public AuditResult with(WitnessPolicy.Judgement judged) {
        var all = new ArrayList<>(findings);
        judged.forged()
                .forEach(name -> all.add(new Finding(
                        Finding.Code.COSIGNATURE_FORGED,
                        "the checkpoint has a cosignature in the name of witness " + name + " that is not its own")));
        if (!judged.enough() && judged.forged().isEmpty()) {
            all.add(new Finding(
                    Finding.Code.WITNESSES_MISSING,
                    judged.cosigned().isEmpty()
                            ? "no witness that the policy names cosigned the checkpoint"
                            : "only " + String.join(", ", judged.cosigned().keySet())
                                    + " cosigned the checkpoint, which the policy says is too few"));
        }
        return new AuditResult(size, all, events, Optional.of(judged));
    }
}
