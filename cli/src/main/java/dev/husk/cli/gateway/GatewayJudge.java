package dev.husk.cli.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
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
    private static final List<String> COVERED =
            List.of("checkpoint", "contracts", "endorsement", "keys", "recovery", "stateKey", "tls");

    private final ReferenceValues values;
    private final Optional<KnownGateway> known;
    private final Revocation revocation;
    private final List<Bytes> certificates;
    private final Clock clock;

    /**
     * @param known what an earlier verification saw; empty at the first
     * @param certificates intermediates and roots, DER, for evidence that comes without; none is trusted for being here
     */
    public GatewayJudge(
            ReferenceValues values,
            Optional<KnownGateway> known,
            Revocation revocation,
            List<Bytes> certificates,
            Clock clock) {
        this.values = values;
        this.known = known;
        this.revocation = revocation;
        this.certificates = List.copyOf(certificates);
        this.clock = clock;
    }

    /**
     * Judges an answer about a running gateway.
     *
     * @param nonce what this machine asked with, base64url
     * @param certificate {@code sha256:hex} of the certificate that the connection showed; empty without TLS
     */
    public GatewayJudgement judge(String nonce, JsonObject answer, Optional<String> certificate) {
        var checks = new ArrayList<Check>();
        Verdict verdict;
        GatewayKeys keys;
        Checkpoint checkpoint;
        StateKeyChecks stateKey;
        try {
            keys = GatewayKeys.parse(object(answer, "keys"));
            checkpoint = Checkpoint.parse(text(answer, "checkpoint"));
            stateKey = StateKeyChecks.parse(object(answer, "stateKey"));
            verdict = verify(answer, reportData(nonce, answer));
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
        same("log key", known.map(seen -> seen.keys().log().text()), keys.log().text(), checks);
        if (known.isPresent() && endorsed(known.get().keys(), keys, answer)) {
            checks.add(
                    Check.passed(
                            "HPKE key",
                            "new since a recovery of the gateway or a change of its holders, and endorsed by the log key that was pinned"));
        } else {
            same("HPKE key", known.map(seen -> seen.keys().hpke()), keys.hpke(), checks);
        }
        var recovery = answer.get("recovery");
        same("recovery", known.map(seen -> RecoveryWords.of(seen.recovery())), RecoveryWords.of(recovery), checks);
        // What the holders have to do does not speak against the gateway.
        RecoveryWords.unfetched(recovery).ifPresent(text -> checks.add(Check.passed("recovery shares", text)));
        RecoveryWords.change(recovery).ifPresent(text -> checks.add(Check.passed("recovery holders", text)));
        stateKey(stateKey, trusted, checks);
        tls(text(answer, "tls"), certificate, checks);
        return GatewayJudgement.of(checks, trusted, keys, checkpoint, recovery, object(answer, "stateKey"));
    }

    private void stateKey(StateKeyChecks now, Optional<Verdict.Trusted> report, List<Check> checks) {
        now.judge(values, report.filter(Verdict.Trusted::simulated).isPresent(), checks);
        known.ifPresent(seen -> now.compare(StateKeyChecks.parse(seen.stateKey()), checks));
    }

    private Verdict verify(JsonObject answer, Bytes reportData)
            throws MalformedEvidenceException, MalformedReportException {
        var evidence = KbsEvidence.parse(object(answer, "evidence"));
        var all = new ArrayList<>(evidence.certificates());
        all.addAll(certificates);
        return new SnpVerifier(values.anchors(), revocation, clock)
                .verify(evidence.report(), all, values.expectations(reportData));
    }

    /**
     * Judges the answer of a gateway that has lost its state key; empty where a check failed.
     *
     * @param checks gets what was looked at
     */
    public Optional<RecoveringGateway> judgeRecovering(String nonce, JsonObject answer, List<Check> checks) {
        try {
            var covered = new JsonObject();
            covered.addProperty("key", text(answer, "key"));
            covered.addProperty("nonce", nonce);
            covered.add("policy", object(answer, "policy"));
            covered.addProperty("purpose", "husk recovery v1");
            covered.add("stateKey", object(answer, "stateKey"));
            var stateKey = StateKeyChecks.parse(object(answer, "stateKey"));
            byte[] key = Base64Url.decode(text(answer, "key"));
            known.ifPresent(seen -> same(
                    "recovery",
                    Optional.of(RecoveryWords.of(seen.recovery())),
                    RecoveryWords.of(object(answer, "policy")),
                    checks));
            var trusted = verify(answer, digest(covered)).match(Optional::of, rejected -> {
                rejected.reasons()
                        .forEach(reason ->
                                checks.add(Check.failed("attestation", reason.code() + ": " + reason.detail())));
                return Optional.<Verdict.Trusted>empty();
            });
            stateKey(stateKey, trusted, checks);
            return trusted.filter(report -> checks.stream().allMatch(Check::passed))
                    .map(report -> new RecoveringGateway(key, report.simulated()));
        } catch (MalformedEvidenceException | MalformedReportException | IllegalArgumentException e) {
            checks.add(Check.failed("evidence", "the gateway's evidence cannot be read: " + e.getMessage()));
            return Optional.empty();
        }
    }

    /** Whether other keys than those pinned are vouched for by the pinned log key. */
    private static boolean endorsed(GatewayKeys pinned, GatewayKeys now, JsonObject answer) {
        if (pinned.hpke().equals(now.hpke())) {
            return false;
        }
        try {
            var endorsed = SignedStatement.verify(
                    text(answer, "endorsement"), PartyKey.ed25519(pinned.log().publicKey()));
            return text(endorsed, "action").equals("endorse")
                    && GatewayKeys.parse(object(endorsed, "keys")).equals(now);
        } catch (InvalidSignatureException | IllegalArgumentException e) {
            return false;
        }
    }

    private static void tls(String named, Optional<String> shown, List<Check> checks) {
        if (shown.isEmpty()) {
            checks.add(Check.passed("TLS", "not used: the connection does not leave this machine"));
        } else if (shown.get().equals(named)) {
            checks.add(Check.passed("TLS", "the connection shows the certificate that the gateway says is its own"));
        } else {
            checks.add(Check.failed(
                    "TLS",
                    "somebody stands in between: the connection shows certificate %s, the gateway's own is %s"
                            .formatted(shown.get(), named.isEmpty() ? "none" : named)));
        }
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
        return digest(covered);
    }

    private static Bytes digest(JsonObject covered) {
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
