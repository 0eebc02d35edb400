package dev.husk.snp.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Gives evidence about the sandbox that it runs in. Implementations are safe to share between threads. */
public interface EvidenceSource {

    /**
     * How the source is called in logs and events: {@code agent}, {@code configfs-tsm}, {@code sev-guest},
     * {@code auto}, {@code SIMULATED}.
     */
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
     * The source that a command line names:
     *
     * <ul>
     *   <li>{@code agent:http://127.0.0.1:8006}, the Attestation Agent's REST API in a Kata guest;
     *   <li>{@code configfs-tsm}, or {@code configfs-tsm:/path} where configfs is mounted elsewhere;
     *   <li>{@code sev-guest}, or {@code sev-guest:/path} to the device;
     *   <li>{@code auto}, the first of these three that answers, asked anew each time, never a simulator;
     *   <li>{@code simulator:http://..}, which proves nothing.
     * </ul>
     *
     * <p>The kernel's interfaces are asked for reports of VMPL 0. Nothing is opened before evidence is asked for.
     *
     * @throws IllegalArgumentException for another text
     */
    static EvidenceSource of(String text) {
        int colon = text.indexOf(':');
        var word = colon < 0 ? text : text.substring(0, colon);
        return switch (word) {
            case "agent", "simulator" -> AgentEvidence.of(text);
            case "configfs-tsm" -> configfs(colon < 0 ? ConfigfsTsm.ROOT : path(text));
            case "sev-guest" -> device(colon < 0 ? SevGuestDevice.PATH : path(text));
            default -> {
                if (text.equals("auto")) {
                    yield new FirstEvidence(List.of(
                            AgentEvidence.of("agent:http://127.0.0.1:8006"),
                            configfs(ConfigfsTsm.ROOT),
                            device(SevGuestDevice.PATH)));
                }
                throw new IllegalArgumentException("evidence comes from auto, agent:URL, configfs-tsm, sev-guest or"
                        + " simulator:URL, not from " + text);
            }
        };
    }

    private static EvidenceSource configfs(Path root) {
        return new KernelEvidence("configfs-tsm", reportData -> new ConfigfsTsm(root).report(reportData, 0));
    }

    private static EvidenceSource device(Path path) {
        return new KernelEvidence(
                "sev-guest",
                reportData -> SevGuestDevice.of(path, Sleeper.ofThreads()).extendedReport(reportData, 0));
    }

    private static Path path(String text) {
        var path = Path.of(text.substring(text.indexOf(':') + 1));
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("the path of an evidence source starts with a slash: " + text);
        }
        return path;
    }
}
