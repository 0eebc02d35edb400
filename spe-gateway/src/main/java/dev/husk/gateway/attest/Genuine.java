package dev.husk.gateway.attest;

import dev.husk.protocol.json.Digests;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.Verdict;
import dev.husk.snp.azure.AzureVerdict;
import dev.husk.snp.azure.InitDataPcr;
import java.nio.ByteBuffer;

/** Evidence that was judged genuine and fresh: both constructors take what only the verifiers make. */
final class Genuine {
    private static final Bytes NOTHING = Bytes.copyOf(new byte[32]);

    private final AttestationReport report;
    private final boolean simulated;
    private final String tee;
    private final Bytes pin;

    Genuine(Verdict.Trusted trusted) {
        this.report = trusted.report();
        this.simulated = trusted.simulated();
        this.tee = "snp";
        this.pin = report.hostData();
    }

    Genuine(AzureVerdict.Trusted trusted) {
        this.report = trusted.report();
        this.simulated = trusted.simulated();
        this.tee = "az-snp-vtpm";
        this.pin = trusted.pcrs().getOrDefault(InitDataPcr.NUMBER, NOTHING);
    }

    AttestationReport report() {
        return report;
    }

    boolean simulated() {
        return simulated;
    }

    /** As events name where the evidence came from. */
    String source() {
        return simulated ? "SIMULATED" : tee;
    }

    /** Where the hardware vouches for init-data: HOST_DATA, on Azure PCR 8. Zero where there are none. */
    Bytes pin() {
        return pin;
    }

    boolean azure() {
        return tee.equals("az-snp-vtpm");
    }

    /** Names the sandbox: digest of chip id and report id. */
    String sandbox() {
        return Digests.sha256(ByteBuffer.allocate(96)
                .put(report.chipId().toArray())
                .put(report.reportId().toArray())
                .array());
    }
}
