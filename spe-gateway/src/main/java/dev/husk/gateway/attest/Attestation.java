package dev.husk.gateway.attest;

import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.Subject;
import dev.husk.gateway.attest.Sandbox.Bound;
import dev.husk.gateway.attest.Sandboxes.Attested;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.InitData;
import dev.husk.snp.Bytes;
import dev.husk.snp.azure.InitDataPcr;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The second step of the KBS handshake: evidence in, a binding and a token out, or a refusal. */
@ApplicationScoped
public class Attestation {
    /** Kinds of evidence, as the protocol names them. */
    static final List<String> TEES = List.of("snp", "az-snp-vtpm");

    private static final int MAX_BODY = 2 << 20;

    @Inject
    private Sessions sessions;

    @Inject
    private Verifier verifier;

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private AttestationToken tokens;

    @Inject
    private Subject subject;

    @Inject
    private EvidenceChecks checks;

    /**
     * Judges evidence and binds the sandbox to the code that it claims, or to the init-data that it was started with.
     *
     * @param cookie the session; it is spent whatever comes of it, an unreadable body included
     * @return the token
     * @throws RequestRefused with 401 for a session, nonce or evidence that does not hold, 403 for a second binding and
     *     for evidence that says of nothing what runs there
     */
    String attest(String cookie, InputStream body) {
        var session = sessions.take(cookie)
                .orElseThrow(() -> new RequestRefused(401, "InvalidSession", "no open session: call auth first"));
        var request = AttestRequest.parse(Body.object(body, MAX_BODY), session);
        // A body may come slowly: only what follows takes one of the few places.
        return checks.within(() -> judged(request));
    }

    private String judged(AttestRequest request) {
        var evidence = verifier.completed(request.evidence());
        var genuine = verifier.genuine(evidence);
        request.initData().ifPresent(initData -> requireVouched(initData, genuine));
        subject.verdict(genuine.simulated() ? "simulated" : "trusted");
        subject.sandbox(
                genuine.sandbox(), request.claim().map(CodeClaim::activation).orElse(""));
        var binding = sandboxes.bind(new Attested(
                genuine.sandbox(),
                bound(request, genuine),
                request.claim().map(CodeClaim::activation).orElse(""),
                request.key(),
                evidence,
                request.digest(),
                genuine.source(),
                genuine.simulated()));
        if (binding instanceof Sandboxes.Binding.To to) {
            return tokens.issue(to.sandbox(), request, genuine);
        }
        throw denied("this sandbox was bound before", "BOUND_BEFORE", "a sandbox is bound once and never again");
    }

    private static Bound bound(AttestRequest request, Genuine genuine) {
        if (request.claim().isPresent()) {
            var claim = request.claim().get();
            return new Bound.ToArchive(claim.code(), claim.entry(), claim.key());
        }
        if (request.initData().isEmpty()) {
            throw denied(
                    "the evidence does not say what runs there",
                    "INIT_DATA_MISSING",
                    "there is neither an entry husk in additional_evidence nor init-data");
        }
        return new Bound.ToInitData(genuine.pin());
    }

    /** The host measured the guest's init-data; what the guest says of them counts only if the hardware agrees. */
    private static void requireVouched(InitData initData, Genuine genuine) {
        if (genuine.pin().isZero()) {
            throw denied(
                    "the guest was started without init-data",
                    genuine.azure() ? "PCR_8_ABSENT" : "HOST_DATA_ABSENT",
                    "the hardware vouches for no init-data");
        }
        if (!genuine.pin().equals(expected(initData, genuine).orElse(Bytes.copyOf(new byte[0])))) {
            throw new RequestRefused(
                    401,
                    "AttestationFailed",
                    "the init-data are not those that the guest was started with",
                    List.of(new RequestRefused.Reason(
                            "INIT_DATA_MISMATCH", "the hardware vouches for others, by " + genuine.pin())));
        }
    }

    /** Empty where the init-data's hash is not one that this hardware's guest measures. */
    private static Optional<Bytes> expected(InitData initData, Genuine genuine) {
        if (!genuine.azure()) {
            return Optional.of(Bytes.copyOf(initData.hostData()));
        }
        return initData.algorithm().equals("sha256")
                ? Optional.of(InitDataPcr.value(Bytes.copyOf(initData.digest())))
                : Optional.empty();
    }

    private static RequestRefused denied(String what, String code, String detail) {
        return new RequestRefused(
                403, "PolicyDeny", "refused: " + what, List.of(new RequestRefused.Reason(code, detail)));
    }
}
