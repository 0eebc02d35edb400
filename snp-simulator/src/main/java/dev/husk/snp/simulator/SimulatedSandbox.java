package dev.husk.snp.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;

/** One simulated guest, with a report id of its own for its whole life. Safe to share between threads. */
public final class SimulatedSandbox {
    /** Size of a report, in bytes. */
    public static final int REPORT_SIZE = 0x4A0;

    private static final int SIGNED = 0x2A0;

    private final PrivateKey vcek;
    private final byte[] chipId;
    private final byte[] measurement;
    private final byte[] hostData;
    private final long policy;
    private final byte[] reportId = new byte[32];

    SimulatedSandbox(PrivateKey vcek, byte[] chipId, byte[] measurement, byte[] hostData, long policy) {
        if (measurement.length != 48 || hostData.length != 32) {
            throw new IllegalArgumentException("a measurement has 48 bytes, host data 32");
        }
        this.vcek = vcek;
        this.chipId = chipId.clone();
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
        var out = ByteBuffer.allocate(REPORT_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x000, 3).putLong(0x008, policy).putInt(0x034, 1).putLong(0x040, 0x25);
        for (int tcb : new int[] {0x038, 0x180, 0x1E0, 0x1F0}) {
            out.put(tcb, SimulatedProcessor.TCB);
        }
        out.put(0x050, reportData).put(0x090, measurement).put(0x0C0, hostData).put(0x140, reportId);
        byte[] noMigrationAgent = new byte[32];
        Arrays.fill(noMigrationAgent, (byte) 0xff);
        out.put(0x160, noMigrationAgent);
        out.put(0x188, new byte[] {0x19, 0x11, 0x01}).put(0x1A0, chipId);
        byte[] version = {29, 55, 1, 0};
        out.put(0x1E8, version).put(0x1EC, version);
        byte[] signature = sign(Arrays.copyOf(out.array(), SIGNED));
        out.put(SIGNED, littleEndian(Arrays.copyOf(signature, 48)));
        out.put(SIGNED + 72, littleEndian(Arrays.copyOfRange(signature, 48, 96)));
        return out.array();
    }

    private byte[] sign(byte[] message) {
        try {
            var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
            signer.initSign(vcek);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK signs on P-384", e);
        }
    }

    private static byte[] littleEndian(byte[] bigEndian) {
        byte[] reversed = new byte[bigEndian.length];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = bigEndian[reversed.length - 1 - i];
        }
        return reversed;
    }
}
