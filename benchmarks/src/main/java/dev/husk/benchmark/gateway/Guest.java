package dev.husk.benchmark.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.runtime.attest.Attestation;
import dev.husk.runtime.attest.Gateway;
import dev.husk.runtime.attest.RefusedException;
import dev.husk.runtime.attest.Sandbox;
import dev.husk.runtime.attest.UnprovenReleaseException;
import dev.husk.runtime.timing.ColdStart;
import dev.husk.snp.guest.EvidenceSource;
import dev.husk.snp.simulator.SimulatedProcessor;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;

/**
 * One thread's sandboxes, one after the other, over a connection of their own that stays open. They speak to the gateway
 * through the function runtime's own client, which proves each receipt. SIMULATED. For one thread at a time.
 */
final class Guest {
    private static final long POLICY = 0x30000;

    private final Gateway gateway;
    private final SimulatedProcessor processor;
    private final VerifierKey logKey;
    private final ActiveContract contract;

    Guest(URI gateway, SimulatedProcessor processor, VerifierKey logKey, ActiveContract contract) {
        this.gateway = new Gateway(gateway);
        this.processor = processor;
        this.logKey = logKey;
        this.contract = contract;
    }

    /** A simulated sandbox in this JVM, asked without a detour through a socket. */
    private record InProcess(SimulatedSandbox sandbox) implements EvidenceSource {
        @Override
        public String name() {
            return "SIMULATED";
        }

        @Override
        public String evidence(byte[] reportData) {
            return sandbox.evidence(reportData);
        }
    }

    /**
     * A fresh sandbox is attested and bound, gets one release, and proves its receipt.
     *
     * @return milliseconds that it waited for the gateway, by call
     */
    Waited cycle() throws LoadFailedException {
        var timing = new ColdStart();
        release(attest(timing), timing);
        return Waited.of(timing);
    }

    /** A sandbox that stays. */
    Sandbox attest(ColdStart timing) throws LoadFailedException {
        var fresh = new InProcess(processor.launch(new byte[48], new byte[32], POLICY));
        try {
            return new Attestation(gateway, fresh, logKey, Clock.systemUTC())
                    .bind(ActiveContract.CODE, ActiveContract.ENTRY, "", timing);
        } catch (RefusedException | IOException e) {
            throw new LoadFailedException("a fresh sandbox was not attested: " + e.getMessage(), e);
        }
    }

    void release(Sandbox sandbox, ColdStart timing) throws LoadFailedException {
        try (var release = sandbox.release(contract.run(), timing)) {
            if (release.reads().size() != 2 || release.writes().size() != 1) {
                throw new LoadFailedException("a release lacks keys");
            }
        } catch (RefusedException | IOException | UnprovenReleaseException e) {
            throw new LoadFailedException("no release: " + e.getMessage(), e);
        }
    }

    /** What a sandbox waited for its three calls, in milliseconds; its own cryptography is not in it. */
    record Waited(double auth, double attest, double release) {
        static Waited of(ColdStart timing) {
            var report = timing.report().orElseThrow();
            return new Waited(step(report, "auth"), step(report, "attest"), step(report, "release"));
        }

        private static double step(JsonObject report, String name) {
            return report.get(name).getAsDouble();
        }

        double all() {
            return auth + attest + release;
        }
    }
}
