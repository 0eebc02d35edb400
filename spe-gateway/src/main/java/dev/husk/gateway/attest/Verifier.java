package dev.husk.gateway.attest;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import dev.husk.protocol.contract.Contract;
import dev.husk.snp.Allowed;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.PlatformRules;
import dev.husk.snp.PolicyRules;
import dev.husk.snp.Product;
import dev.husk.snp.Reason;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import dev.husk.snp.azure.AzureReason;
import dev.husk.snp.azure.AzureVerdict;
import dev.husk.snp.azure.AzureVerifier;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import dev.husk.snp.kds.CollateralException;
import dev.husk.snp.kds.KeyDistributionService;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges evidence: with the anchors, lists and clock of this gateway, against what a platform of a contract says. */
@ApplicationScoped
public class Verifier {
    @Inject
    private Configuration configuration;

    @Inject
    private Clock clock;

    private SnpVerifier verifier = new SnpVerifier(TrustAnchors.amd(), Revocation.lists(Map.of()), Clock.systemUTC());
    private boolean simulation;
    /** The simulator's root, and its intermediates for evidence that brings none, as Azure's. */
    private final List<Bytes> simulatorChain = new ArrayList<>();

    private Optional<KeyDistributionService> collateral = Optional.empty();

    /** For the container. */
    public Verifier() {}

    /** A verifier that believes a simulator, with its root and what lies between that and its leaf. */
    Verifier(SnpVerifier verifier, List<Bytes> simulatorChain, Optional<KeyDistributionService> collateral) {
        this.verifier = verifier;
        this.collateral = collateral;
        this.simulation = true;
        this.simulatorChain.addAll(simulatorChain);
    }

    @PostConstruct
    void configure() {
        try {
            var anchors = TrustAnchors.amd();
            var root = configuration.simulatedRoot();
            if (root.isPresent()) {
                var certificates = new ArrayList<X509Certificate>();
                for (var certificate : CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(root.get())))) {
                    certificates.add((X509Certificate) certificate);
                }
                if (certificates.isEmpty()) {
                    throw new IllegalStateException("HUSK_SIMULATED_ROOT holds no certificate");
                }
                anchors = anchors.andSimulated(certificates.get(0), Product.GENOA);
                for (var certificate : certificates) {
                    simulatorChain.add(Bytes.copyOf(certificate.getEncoded()));
                }
                simulation = true;
            }
            verifier = new SnpVerifier(anchors, Revocation.lists(lists(configuration.revocationLists())), clock);
            collateral = configuration.collateral().map(folder -> KeyDistributionService.offline(folder, clock));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the trust anchors or revocation lists", e);
        } catch (CertificateException e) {
            throw new IllegalStateException("HUSK_SIMULATED_ROOT is no certificate", e);
        }
    }

    private static Map<Product, Bytes> lists(Optional<Path> folder) throws IOException {
        var lists = new EnumMap<Product, Bytes>(Product.class);
        for (var product : Product.values()) {
            var file = folder.map(path -> path.resolve(product.label() + ".crl"));
            if (file.isPresent() && Files.exists(file.get())) {
                lists.put(product, Bytes.copyOf(Files.readAllBytes(file.get())));
            }
        }
        return lists;
    }

    /** Whether this gateway was started to believe a simulator. */
    public boolean simulation() {
        return simulation;
    }

    /**
     * The evidence with what its host did not send of the chain, where this gateway's folder has it. Many hosts send
     * nothing; nobody is asked over the network, since whoever sends a report chooses the chip.
     */
    Evidence completed(Evidence evidence) {
        if (collateral.isEmpty() || !(evidence instanceof Evidence.Snp snp)) {
            return evidence;
        }
        try {
            // Version 2 does not name its processor: Milans are what wrote it.
            var report = AttestationReport.parse(snp.report(), Product.MILAN);
            var certificates = new ArrayList<Bytes>();
            certificates.add(collateral.get().leaf(report, snp.certificates()));
            snp.certificates().stream()
                    .filter(given -> !certificates.contains(given))
                    .forEach(certificates::add);
            return new Evidence.Snp(snp.report(), certificates, snp.reportData());
        } catch (MalformedReportException | CollateralException e) {
            return evidence; // The verdict on what is there says what is missing.
        }
    }

    /**
     * Judges whether evidence is genuine and fresh. Which platform it satisfies is asked for each release anew.
     *
     * @throws RequestRefused with 401 and every reason, if it is not
     */
    Genuine genuine(Evidence evidence) {
        try {
            return evidence instanceof Evidence.Azure azure ? genuine(azure) : genuine((Evidence.Snp) evidence);
        } catch (MalformedReportException | MalformedAzureEvidenceException e) {
            throw new RequestRefused(401, "EvidenceMalformed", String.valueOf(e.getMessage()));
        }
    }

    private Genuine genuine(Evidence.Snp evidence) throws MalformedReportException {
        var verdict = verifier.verify(evidence.report(), evidence.certificates(), any(false, evidence.reportData()));
        if (verdict instanceof Verdict.Rejected && simulation) {
            var simulated =
                    verifier.verify(evidence.report(), evidence.certificates(), any(true, evidence.reportData()));
            verdict = simulated instanceof Verdict.Trusted ? simulated : verdict;
        }
        if (verdict instanceof Verdict.Trusted trusted) {
            return new Genuine(trusted);
        }
        throw refused(((Verdict.Rejected) verdict)
                .reasons().stream()
                        .map(reason -> new RequestRefused.Reason(reason.code().name(), reason.detail()))
                        .toList());
    }

    private Genuine genuine(Evidence.Azure evidence) throws MalformedAzureEvidenceException {
        var verdict = azure(evidence, false);
        if (verdict instanceof AzureVerdict.Rejected && simulation) {
            var simulated = azure(evidence, true);
            verdict = simulated instanceof AzureVerdict.Trusted ? simulated : verdict;
        }
        if (verdict instanceof AzureVerdict.Trusted trusted) {
            return new Genuine(trusted);
        }
        throw refused(((AzureVerdict.Rejected) verdict)
                .reasons().stream()
                        .map(reason -> new RequestRefused.Reason(reason.code(), reason.detail()))
                        .toList());
    }

    private AzureVerdict azure(Evidence.Azure evidence, boolean simulated) throws MalformedAzureEvidenceException {
        var expected =
                PlatformRequirements.azure(any(simulated, evidence.reportData()), evidence.reportData(), Map.of());
        return new AzureVerifier(verifier).verify(evidence.evidence(), simulatorChain, expected);
    }

    private static Expectations any(boolean simulated, Bytes reportData) {
        return Expectations.builder()
                .simulated(simulated)
                .reportData(Allowed.only(Set.of(reportData)))
                .products(Allowed.any())
                .measurements(Allowed.any())
                .hostData(Allowed.any())
                .acceptingAnyTcb()
                .policy(PolicyRules.any())
                .platformInfo(PlatformRules.any())
                .idKeys(Allowed.any())
                .authorKeys(Allowed.any())
                .chips(Allowed.any())
                .vmpl(Allowed.any())
                .acceptingAnyProvider()
                .build();
    }

    private static RequestRefused refused(List<RequestRefused.Reason> reasons) {
        return new RequestRefused(401, "AttestationFailed", "the evidence is not trusted", reasons);
    }

    /**
     * Judges stored evidence against a platform, at this moment. Evidence of another form than the platform's is
     * rejected: in Azure's the report measures a paravisor alone, and the guest is in the PCRs.
     */
    public Verdict judge(Evidence evidence, Contract.Platform platform) {
        try {
            return judgeNew(evidence, platform);
        } catch (MalformedReportException | MalformedAzureEvidenceException e) {
            throw new IllegalStateException("stored evidence is damaged", e);
        }
    }

    /** Judges evidence that nobody has looked at yet against a platform, at this moment. */
    public Verdict judgeNew(Evidence evidence, Contract.Platform platform)
            throws MalformedReportException, MalformedAzureEvidenceException {
        var required = PlatformRequirements.of(platform);
        if (evidence instanceof Evidence.Azure azure) {
            return required.azure()
                    ? judge(azure, required)
                    : ofAnotherForm("az-snp-vtpm evidence, and the platform says nothing of PCRs");
        }
        var snp = (Evidence.Snp) evidence;
        return required.azure()
                ? ofAnotherForm("evidence without PCRs, and the platform asks for some")
                : verifier.verify(snp.report(), snp.certificates(), required.expectations(snp.reportData()));
    }

    private static Verdict ofAnotherForm(String detail) {
        return new Verdict.Rejected(List.of(new Reason(Reason.Code.MEASUREMENT_UNKNOWN, detail)));
    }

    private Verdict judge(Evidence.Azure evidence, PlatformRequirements required)
            throws MalformedAzureEvidenceException {
        return new AzureVerifier(verifier)
                .verify(evidence.evidence(), simulatorChain, required.azureExpectations(evidence.reportData()))
                .match(
                        AzureVerdict.Trusted::verdict,
                        rejected -> new Verdict.Rejected(rejected.reasons().stream()
                                .map(Verifier::reason)
                                .toList()));
    }

    /** What the guest and its TPM got wrong, under the nearest name that reasons about reports have. */
    private static Reason reason(AzureReason reason) {
        if (reason instanceof AzureReason.OfReport ofReport) {
            return ofReport.reason();
        }
        var guest = (AzureReason.OfGuest) reason;
        var code = switch (guest.is()) {
            case NOT_THE_PARAVISOR -> Reason.Code.VMPL_DENIED;
            case USER_DATA_MISMATCH, QUOTE_NONCE_MISMATCH -> Reason.Code.REPORT_DATA_MISMATCH;
            case QUOTE_SIGNATURE_INVALID, PCR_DIGEST_MISMATCH -> Reason.Code.SIGNATURE_INVALID;
            case PCR_NOT_QUOTED, PCR_UNKNOWN -> Reason.Code.MEASUREMENT_UNKNOWN;
        };
        return new Reason(code, guest.toString());
    }
}
