package dev.husk.snp.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A software AMD-SP with its own ARK, ASK and VCEK, kept in a folder and made on first use. SIMULATED: certificates
 * say so in their names. Several processes may open one folder.
 */
public final class SimulatedProcessor {
    private final Hardware hardware;

    private SimulatedProcessor(Hardware hardware) {
        this.hardware = hardware;
    }

    /**
     * Opens the processor of a folder; makes its keys and certificates where there are none (about a second). The root
     * that a verifier is to pin is the folder's {@code ark.der}.
     */
    public static SimulatedProcessor open(Path folder) throws IOException {
        return new SimulatedProcessor(new Folder(folder).loadOrCreate());
    }

    /** Starts a sandbox with a fresh report id. */
    public SimulatedSandbox launch(byte[] measurement, byte[] hostData, long policy) {
        return new SimulatedSandbox(hardware, measurement, hostData, policy);
    }

    /** VCEK, ASK and ARK, DER. */
    public List<byte[]> certificates() {
        return hardware.certificates().stream().map(byte[]::clone).toList();
    }

    /** 64 bytes that name this chip. */
    public byte[] chipId() {
        return hardware.chipId().clone();
    }
}
