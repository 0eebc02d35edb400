package dev.husk.snp.guest;

import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.MalformedReportException;
import java.io.IOException;

/** One of the kernel's interfaces, answering in the Attestation Agent's JSON. */
record KernelEvidence(String name, Kernel kernel) implements EvidenceSource {
    /** Asks for a report of VMPL 0, as the Attestation Agent does. */
    interface Kernel {
        KbsEvidence report(Bytes reportData) throws IOException, MalformedCertificateTableException;
    }

    @Override
    public String evidence(byte[] reportData) throws IOException {
        try {
            return kernel.report(Bytes.copyOf(reportData)).toJson().toString();
        } catch (IOException e) {
            throw new IOException("the evidence source (%s) gives none: %s".formatted(name, e.getMessage()), e);
        } catch (MalformedCertificateTableException | MalformedReportException e) {
            throw new IOException("the evidence source (%s) gave nonsense: %s".formatted(name, e.getMessage()), e);
        }
    }
}
