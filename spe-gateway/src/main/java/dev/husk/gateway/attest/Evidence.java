package dev.husk.gateway.attest;

import dev.husk.snp.Bytes;
import dev.husk.snp.azure.AzureEvidence;
import java.util.List;

/** What the verifier judged, kept so that each contract's platform can judge it again. */
public sealed interface Evidence {
    /** 64 bytes: what the evidence had to be an answer to. */
    Bytes reportData();

    /** A report of the processor's own, and the certificates that came with it. */
    record Snp(Bytes report, List<Bytes> certificates, Bytes reportData) implements Evidence {
        public Snp {
            certificates = List.copyOf(certificates);
        }
    }

    /** A report that Azure's paravisor wraps, with a quote of the virtual TPM. */
    record Azure(AzureEvidence evidence, Bytes reportData) implements Evidence {}
}
