package dev.husk.local;

import dev.husk.local.whisk.SandboxHooks;
import dev.husk.local.whisk.SandboxKind;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The simulated hardware of one platform: a processor kept in the state folder, a fresh sandbox for each OpenWhisk
 * container and one for the gateway. SIMULATED.
 */
final class Simulation implements SandboxHooks, AutoCloseable {
    /** SMT allowed, debugging and migration not. */
    private static final long POLICY = 0x30000;

    private static final int HOST_DATA = 32;

    private final Path folder;
    private final SimulatedProcessor processor;
    private final EvidenceServer evidence;
    private final Map<String, byte[]> measurements;

    private Simulation(
            Path folder, SimulatedProcessor processor, EvidenceServer evidence, Map<String, byte[]> measurements) {
        this.folder = folder;
        this.processor = processor;
        this.evidence = evidence;
        this.measurements = measurements;
    }

    /**
     * Opens the processor of a folder, made on first use.
     *
     * @param measurements the launch measurement of each kind of sandbox
     */
    static Simulation start(Path folder, Map<String, byte[]> measurements) throws IOException {
        return new Simulation(
                folder, SimulatedProcessor.open(folder), EvidenceServer.start(), Map.copyOf(measurements));
    }

    /** The simulated root certificate, DER. */
    Path root() {
        return folder.resolve("ark.der");
    }

    SimulatedProcessor processor() {
        return processor;
    }

    /** An evidence source, as gateway and runtime take it, for a new sandbox that lives as long as this. */
    String launch(byte[] measurement) {
        return "simulator:" + evidence.add(processor.launch(measurement, new byte[HOST_DATA], POLICY));
    }

    @Override
    public Launch beforeStart(String containerId, SandboxKind kind) {
        var measurement = measurements.get(kind.name());
        if (measurement == null) {
            throw new IllegalArgumentException("no measurement for " + kind);
        }
        var address = evidence.add(processor.launch(measurement, new byte[HOST_DATA], POLICY));
        return new Launch(List.of("--evidence", "simulator:" + address), () -> evidence.remove(address));
    }

    @Override
    public void close() {
        evidence.close();
    }
}
