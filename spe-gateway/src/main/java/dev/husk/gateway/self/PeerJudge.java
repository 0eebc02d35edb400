package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Evidence;
import dev.husk.gateway.attest.Verifier;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.Bytes;
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
import java.util.ArrayList;
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

    /** CHIP_ID in ATTESTATION_REPORT (AMD 56860). */
    private static final int CHIP_ID = 0x1A0;

    private static final int CHIP_ID_SIZE = 64;

    /**
     * What came of it.
     *
     * @param trusted the peer's report, where nothing speaks against it
     * @param chip digest of the id of the chip that signed the report; empty where nobody knows who did
     */
    record Judgement(Optional<Verdict.Trusted> trusted, String chip, List<Reason> reasons) {
        static Judgement refused(String code, String detail) {
            return new Judgement(Optional.empty(), "", List.of(new Reason(code, detail)));
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

    /** @param bound what the evidence must speak for; in {@code stateKey} the peer says what {@link StateKeyOrigin#now} is */
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
                    trusted -> said(trusted, chip(parsed.report()), bound, platform.get()),
                    rejected -> new Judgement(
                            Optional.empty(),
                            rejected.reasons().stream().anyMatch(reason -> UNSIGNED.contains(reason.code()))
                                    ? ""
                                    : chip(parsed.report()),
                            rejected.reasons().stream()
                                    .map(reason -> new Reason(reason.code().name(), reason.detail()))
                                    .toList()));
        } catch (MalformedEvidenceException | MalformedReportException | MalformedAzureEvidenceException e) {
            return Judgement.refused("EVIDENCE_MALFORMED", String.valueOf(e.getMessage()));
        }
    }

    /** A key goes on from a peer to the peer's own peers, and is known to whoever can read the file that it came from. */
    private static Judgement said(Verdict.Trusted trusted, String chip, JsonObject bound, Platform platform) {
        var reasons = new ArrayList<Reason>();
        var stateKey = bound.getAsJsonObject("stateKey");
        if (!(stateKey.get("peers") instanceof JsonObject peers)
                || !unnamed(peers).equals(unnamed(platform.json()))) {
            reasons.add(new Reason(
                    "PEERS_DIFFER",
                    "it would hand the state key over to other machines than this gateway would: both need the same"
                            + " HUSK_PEER_PLATFORM"));
        }
        var source = stateKey.get("source") instanceof JsonPrimitive text ? text.getAsString() : "";
        if (!(source.equals("snp") || source.equals("peer") || source.equals("file") && trusted.simulated())) {
            reasons.add(
                    new Reason(
                            "STATE_KEY_UNPROTECTED",
                            "its state key comes neither from the processor nor from a peer, and its machine is not simulated"));
        }
        return reasons.isEmpty()
                ? new Judgement(Optional.of(trusted), chip, List.of())
                : new Judgement(Optional.empty(), chip, reasons);
    }

    /** Read off the report itself, since of one that was rejected nothing else is left. */
    private static String chip(Bytes report) {
        return Digests.sha256(report.slice(CHIP_ID, CHIP_ID_SIZE).toArray());
    }

    private static JsonObject unnamed(JsonObject platform) {
        var copy = platform.deepCopy();
        copy.remove("name");
        return copy;
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
