package dev.husk.snp.simulator;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;

/** One simulated guest, with a report id of its own for its whole life. Safe to share between threads. */
public final class SimulatedSandbox {
    /** Size of a report, in bytes. */
    public static final int REPORT_SIZE = SimulatedReport.SIZE;

    private static final String[] CERTIFICATE_TYPES = {"VCEK", "ASK", "ARK"};

    private final Hardware hardware;
    private final byte[] measurement;
    private final byte[] hostData;
    private final long policy;
    private final byte[] reportId = new byte[32];

    SimulatedSandbox(Hardware hardware, byte[] measurement, byte[] hostData, long policy) {
        if (measurement.length != 48 || hostData.length != 32) {
            throw new IllegalArgumentException("a measurement has 48 bytes, host data 32");
        }
        this.hardware = hardware;
        this.measurement = measurement.clone();
        this.hostData = hostData.clone();
        this.policy = policy;
        new SecureRandom().nextBytes(reportId);
    }

    /** 32 bytes that name this sandbox. */
    public byte[] reportId() {
        return reportId.clone();
    }

    /**
     * A report of version 3, as a Genoa gives it at VMPL 0.
     *
     * @param reportData 64 bytes
     */
    public byte[] report(byte[] reportData) {
        if (reportData.length != 64) {
            throw new IllegalArgumentException("report data has 64 bytes, not " + reportData.length);
        }
        byte[] report =
                SimulatedReport.unsigned(policy, reportData, measurement, hostData, reportId, hardware.chipId());
        SimulatedReport.sign(report, signature(Arrays.copyOf(report, SimulatedReport.SIGNED)));
        return report;
    }

    /**
     * KBS primary evidence, as the Attestation Agent answers it: a fresh report and the chain of its key, in JSON.
     *
     * @param reportData 64 bytes
     */
    public String evidence(byte[] reportData) {
        var chain = new StringBuilder();
        for (int i = 0; i < CERTIFICATE_TYPES.length; i++) {
            byte[] der = hardware.certificates().get(i);
            chain.append(i == 0 ? "" : ",")
                    .append("{\"cert_type\":\"%s\",\"data\":%s}"
                            .formatted(CERTIFICATE_TYPES[i], SimulatedReport.numbers(der, 0, der.length)));
        }
        return "{\"attestation_report\":%s,\"cert_chain\":[%s]}"
                .formatted(SimulatedReport.json(report(reportData)), chain);
    }

    private byte[] signature(byte[] message) {
        try {
            var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
            signer.initSign(hardware.vcek());
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK signs on P-384", e);
        }
    }
}
