package dev.husk.cli.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.Verdict;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges a gateway's answer to {@code POST /v1/gateway/evidence}. Stateless. */
public final class GatewayJudge {
    private static final List<String> COVERED = List.of("checkpoint", "contracts", "keys");

    private final ReferenceValues values;
    private final Optional<GatewayKeys> pinned;
    private final Revocation revocation;
    private final List<Bytes> certificates;
    private final Clock clock;

    /**
     * @param pinned keys of an earlier verification; empty at the first
     * @param certificates intermediates and roots, DER, for evidence that comes without; none is trusted for being here
     */
    public GatewayJudge(
            ReferenceValues values,
            Optional<GatewayKeys> pinned,
            Revocation revocation,
            List<Bytes> certificates,
            Clock clock) {
        this.values = values;
        this.pinned = pinned;
        this.revocation = revocation;
        this.certificates = List.copyOf(certificates);
        this.clock = clock;
    }

    /** @param nonce what this machine asked with, base64url */
    public GatewayJudgement judge(String nonce, JsonObject answer) {
        var checks = new ArrayList<Check>();
        Verdict verdict;
        GatewayKeys keys;
        Checkpoint checkpoint;
        try {
            var evidence = KbsEvidence.parse(object(answer, "evidence"));
            keys = GatewayKeys.parse(object(answer, "keys"));
            checkpoint = Checkpoint.parse(text(answer, "checkpoint"));
            var all = new ArrayList<>(evidence.certificates());
            all.addAll(certificates);
            verdict = new SnpVerifier(values.anchors(), revocation, clock)
                    .verify(evidence.report(), all, values.expectations(reportData(nonce, answer)));
        } catch (MalformedEvidenceException | MalformedReportException | IllegalArgumentException e) {
            return GatewayJudgement.failed(
                    List.of(Check.failed("evidence", "the gateway's evidence cannot be read: " + e.getMessage())));
        }
        var trusted = verdict.match(Optional::of, rejected -> {
            rejected.reasons()
                    .forEach(reason -> checks.add(Check.failed("attestation", reason.code() + ": " + reason.detail())));
            return Optional.<Verdict.Trusted>empty();
        });
        trusted.ifPresent(report -> attested(report, checks));
        checks.add(
                checkpoint.verify(keys.log())
                        ? Check.passed(
                                "log", "the log key signed the checkpoint of %d entries".formatted(checkpoint.size()))
                        : Check.failed("log", "the log key did not sign the gateway's checkpoint"));
        same("log key", pinned.map(p -> p.log().text()), keys.log().text(), checks);
        same("HPKE key", pinned.map(GatewayKeys::hpke), keys.hpke(), checks);
        return GatewayJudgement.of(checks, trusted, keys, checkpoint);
    }

    private void attested(Verdict.Trusted trusted, List<Check> checks) {
        checks.add(Check.passed(
                "attestation",
                trusted.simulated()
                        ? "a SIMULATED processor under the pinned simulator's root signed the report"
                        : "an AMD processor (%s) signed the report, certified by AMD's root"
                                .formatted(trusted.report().product().label())));
        checks.add(Check.passed(
                "fresh", "the report covers our nonce, the gateway's keys, its contracts and its log's checkpoint"));
        var any = values.platform().measurements().isAny();
        checks.add(Check.passed(
                "software",
                any
                        ? "NOT CHECKED: the pin accepts any launched software; this gateway's is "
                                + trusted.report().measurement()
                        : "the launched software is one of those pinned: "
                                + trusted.report().measurement()));
    }

    private static void same(String name, Optional<String> pinned, String now, List<Check> checks) {
        if (pinned.isEmpty()) {
            checks.add(Check.passed(name, "seen for the first time: " + now));
        } else if (pinned.get().equals(now)) {
            checks.add(Check.passed(name, "the same as at the first verification"));
        } else {
            checks.add(Check.failed(name, "CHANGED since it was pinned: was %s, is %s".formatted(pinned.get(), now)));
        }
    }

    /** SHA-512 over what the evidence must speak for. */
    static Bytes reportData(String nonce, JsonObject answer) {
        var covered = new JsonObject();
        for (var member : COVERED) {
            var value = answer.get(member);
            if (value == null) {
                throw new IllegalArgumentException("no member '" + member + "'");
            }
            covered.add(member, value);
        }
        covered.addProperty("nonce", nonce);
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(covered)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject object(JsonObject answer, String name) {
        if (answer.get(name) instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException("no object '" + name + "'");
    }

    private static String text(JsonObject answer, String name) {
        JsonElement value = answer.get(name);
        if (value != null && value.isJsonPrimitive()) {
            return value.getAsString();
        }
        throw new IllegalArgumentException("no text '" + name + "'");
    }
}
