package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Evidence;
import dev.husk.gateway.attest.Verifier;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Reason.Code;
import dev.husk.snp.Verdict;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges whether another machine is a gateway of this kind, against the platform in {@code HUSK_PEER_PLATFORM}. Both
 * sides of a hand-over ask it.
 */
@ApplicationScoped
public class PeerJudge {
    /** Where one of these speaks against a report, nobody knows who wrote it. */
    private static final Set<Code> UNSIGNED = EnumSet.of(
            Code.CERTIFICATE_UNUSABLE,
            Code.CHAIN_UNTRUSTED,
            Code.CERTIFICATE_OUT_OF_DATE,
            Code.CERTIFICATE_REVOKED,
            Code.REVOCATION_UNKNOWN,
            Code.SIGNATURE_INVALID,
            Code.CERTIFICATE_MISMATCH,
            Code.SIMULATION_DENIED);

    private static final int LARGEST = 64 << 10;

    /**
     * What came of it.
     *
     * @param trusted the peer's report, where nothing speaks against it
     * @param signed whether a genuine machine wrote what was refused
     */
    record Judgement(Optional<Verdict.Trusted> trusted, boolean signed, List<Reason> reasons) {
        static Judgement refused(String code, String detail) {
            return new Judgement(Optional.empty(), false, List.of(new Reason(code, detail)));
        }
    }

    @Inject
    private Configuration configuration;

    @Inject
    private Verifier verifier;

    @Inject
    private OwnEvidence own;

    /** For the container. */
    public PeerJudge() {}

    PeerJudge(Configuration configuration, Verifier verifier, OwnEvidence own) {
        this.configuration = configuration;
        this.verifier = verifier;
        this.own = own;
    }

    /** Whether this gateway is configured to have peers. */
    boolean hasPeers() {
        return configuration.peerPlatform().isPresent();
    }

    /** @param bound what the evidence must speak for */
    Judgement judge(JsonObject evidence, JsonObject bound) {
        var platform = platform();
        if (platform.isEmpty()) {
            return Judgement.refused("NO_PEERS", "this gateway is not configured to have peers");
        }
        if (platform.get().simulated() && !(configuration.simulatedPeers() && own.simulated())) {
            return Judgement.refused(
                    "SIMULATION_DENIED",
                    "a simulated peer gets nothing, unless this gateway is simulated and HUSK_SIMULATED_PEERS is yes");
        }
        try {
            var parsed = KbsEvidence.parse(evidence);
            var verdict = verifier.judgeNew(
                    new Evidence.Snp(parsed.report(), parsed.certificates(), OwnEvidence.reportData(bound)),
                    platform.get());
            return verdict.match(
                    trusted -> new Judgement(Optional.of(trusted), true, List.of()),
                    rejected -> new Judgement(
                            Optional.empty(),
                            rejected.reasons().stream().noneMatch(reason -> UNSIGNED.contains(reason.code())),
                            rejected.reasons().stream()
                                    .map(reason -> new Reason(reason.code().name(), reason.detail()))
                                    .toList()));
        } catch (MalformedEvidenceException | MalformedReportException | MalformedAzureEvidenceException e) {
            return Judgement.refused("EVIDENCE_MALFORMED", String.valueOf(e.getMessage()));
        }
    }

    /** @throws IllegalStateException if the file is no platform: a gateway must not start half configured */
    Optional<Platform> platform() {
        return configuration.peerPlatform().map(file -> {
            try {
                return Platform.parse(Json.parse(Files.readAllBytes(file), LARGEST));
            } catch (IOException e) {
                throw new IllegalStateException("cannot read HUSK_PEER_PLATFORM: " + e.getMessage(), e);
            } catch (MalformedJsonException e) {
                throw new IllegalStateException(file + " is not JSON: " + e.getMessage(), e);
            } catch (InvalidContractException e) {
                throw new IllegalStateException(file + " is no platform: " + String.join("; ", e.problems()), e);
            }
        });
    }
}
