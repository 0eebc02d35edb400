package dev.husk.snp.guest;

import java.time.Duration;

/** The Attestation Agent's REST API as the runtime asks it, with another patience. */
public final class ImpatientAgent {
    private ImpatientAgent() {}

    public static EvidenceSource of(String url, Duration timeout) {
        return AgentEvidence.of("agent:" + url, timeout);
    }
}
