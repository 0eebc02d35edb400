package dev.husk.snp.guest;

import java.io.IOException;

/** Gives evidence about the sandbox that it runs in. Implementations are safe to share between threads. */
public interface EvidenceSource {

    /** How the source is called in logs and events: {@code agent}, {@code configfs-tsm}, {@code sev-guest}, {@code SIMULATED}. */
    String name();

    /**
     * KBS primary evidence: a JSON object with {@code attestation_report} and {@code cert_chain}
     * (kata api-server-rest, {@code GET /aa/evidence}).
     *
     * @param reportData 64 bytes
     * @throws IOException if the source does not answer, or refuses; the message says which source and why
     */
    String evidence(byte[] reportData) throws IOException;

    /**
     * The source that a command line names: {@code agent:http://127.0.0.1:8006} or {@code simulator:http://..}.
     *
     * @throws IllegalArgumentException for another text
     */
    static EvidenceSource of(String text) {
        return AgentEvidence.of(text);
    }
}
