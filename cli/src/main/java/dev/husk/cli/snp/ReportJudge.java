package dev.husk.cli.snp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedExpectationsException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import dev.husk.snp.Reason;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.azure.AzureEvidence;
import dev.husk.snp.azure.AzureExpectations;
import dev.husk.snp.azure.AzureVerifier;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import dev.husk.snp.kds.CollateralException;
import dev.husk.snp.kds.KeyDistributionService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Judges one case after another, and remembers chains and folders in between. Not safe to share between threads. */
public final class ReportJudge {
    /** What a simulator claims to be. */
    private static final Product SIMULATED_PRODUCT = Product.GENOA;

    /** All that a verifier is made of. */
    private record Setup(Optional<Bytes> simulatedRoot, Map<Product, Bytes> lists, boolean acceptRevoked) {}

    private final InstantSource now;
    private final Map<Setup, SnpVerifier> verifiers = new HashMap<>();
    private final Map<Path, List<Bytes>> folders = new HashMap<>();
    private Instant at = Instant.EPOCH;

    /** @param now tells the time for cases that name none */
    public ReportJudge(InstantSource now) {
        this.now = now;
    }

    /** Judges a line of a batch; whatever is wrong with it becomes the outcome. */
    public Outcome judge(JsonElement line, ReportCase.Files files) {
        try {
            if (!(line instanceof JsonObject object)) {
                return new Outcome.Unusable("not a JSON object");
            }
            return judge(ReportCase.of(object, files));
        } catch (UnusableInputException e) {
            return new Outcome.Unusable(String.valueOf(e.getMessage()));
        }
    }

    public Outcome judge(ReportCase given) {
        try {
            var file = ReportFile.read(given.report());
            var certificates = certificates(given, file);
            var verifier = verifier(given);
            at = given.at().orElseGet(now::instant);
            if (given.signatureOnly()) {
                var reasons = verifier.signatureOnly(file.report(), certificates);
                return reasons.isEmpty()
                        ? new Outcome.Trusted(false, false, false)
                        : new Outcome.Rejected(false, findings(reasons));
            }
            if (file.wrappedAlone()) {
                throw new UnusableInputException(
                        "a report that Azure wraps is nobody's answer without the quote over it:"
                                + " give the whole evidence in JSON, or ask for the signature chain only");
            }
            if (file.azure().isPresent()) {
                return azure(given, file.azure().get(), certificates, verifier);
            }
            var verdict = verifier.verify(file.report(), certificates, expectations(json(given)));
            return verdict.match(
                    trusted -> new Outcome.Trusted(true, trusted.simulated(), !given.acceptRevoked()),
                    rejected -> new Outcome.Rejected(true, findings(rejected.reasons())));
        } catch (MalformedReportException e) {
            return new Outcome.Malformed(e.offset(), String.valueOf(e.getMessage()));
        } catch (MalformedCertificateTableException e) {
            return new Outcome.Malformed(
                    AttestationReport.SIZE, "what follows the report is no certificate table: " + e.getMessage());
        } catch (MalformedAzureEvidenceException e) {
            return e.offset().isPresent()
                    ? new Outcome.Malformed(e.offset().getAsInt(), String.valueOf(e.getMessage()))
                    : new Outcome.MalformedEvidence(e.part(), String.valueOf(e.getMessage()));
        } catch (MalformedEvidenceException e) {
            return new Outcome.MalformedEvidence(e.member(), String.valueOf(e.getMessage()));
        } catch (UnusableInputException e) {
            return new Outcome.Unusable(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome azure(
            ReportCase given, AzureEvidence evidence, List<Bytes> certificates, SnpVerifier verifier)
            throws UnusableInputException, MalformedAzureEvidenceException {
        var json = json(given);
        var beside = AzureMembers.takenOutOf(json);
        var expected = new AzureExpectations(expectations(json), beside.nonce(), beside.userData(), beside.pcrs());
        var verdict = new AzureVerifier(verifier).verify(evidence, certificates, expected);
        return verdict.match(
                trusted -> new Outcome.Trusted(true, trusted.simulated(), !given.acceptRevoked()),
                rejected -> new Outcome.Rejected(
                        true,
                        rejected.reasons().stream()
                                .map(reason -> new Outcome.Finding(reason.code(), reason.detail()))
                                .toList()));
    }

    private static List<Outcome.Finding> findings(List<Reason> reasons) {
        return reasons.stream()
                .map(reason -> new Outcome.Finding(reason.code().toString(), reason.detail()))
                .toList();
    }

    private static JsonObject json(ReportCase given) throws UnusableInputException {
        if (given.expect().isEmpty()) {
            throw new UnusableInputException(
                    "nothing is expected of the report: give expectations, or ask for the" + " signature chain only");
        }
        if (!(given.expect().get() instanceof JsonObject object)) {
            throw new UnusableInputException("expectations must be a JSON object");
        }
        return object.deepCopy();
    }

    private static Expectations expectations(JsonObject json) throws UnusableInputException {
        try {
            return Expectations.parse(json);
        } catch (MalformedExpectationsException e) {
            throw new UnusableInputException(
                    "the expectations cannot be used:\n  - " + String.join("\n  - ", e.problems()));
        }
    }

    /** Those that were named, else those that came with the report; and those of the folder that could be above. */
    private List<Bytes> certificates(ReportCase given, ReportFile file)
            throws UnusableInputException, MalformedReportException {
        var all = new ArrayList<Bytes>();
        for (var named : given.certificates()) {
            all.addAll(InputFile.der(named));
        }
        if (all.isEmpty()) {
            all.addAll(file.certificates());
        }
        if (all.isEmpty() && given.chain().isPresent()) {
            all.add(carried(file.report(), given.chain().get()));
        }
        if (all.isEmpty()) {
            throw new UnusableInputException("%s carries no certificate, and none was named".formatted(given.report()));
        }
        if (given.chain().isPresent()) {
            for (var above : Certificates.above(all.get(0), folder(given.chain().get()))) {
                if (!all.contains(above)) {
                    all.add(above);
                }
            }
        }
        return all;
    }

    /** What a folder holds, read when a case first names it: the cases of a batch mostly share one. */
    private List<Bytes> folder(Path path) throws UnusableInputException {
        var known = folders.get(path);
        if (known == null) {
            known = Certificates.inFolder(path);
            folders.put(path, known);
        }
        return known;
    }

    /** The leaf out of a folder as {@code husk snp fetch} writes it. */
    private static Bytes carried(Bytes report, Path folder) throws UnusableInputException, MalformedReportException {
        try {
            // Milan and Genoa read alike, and a version 2 report is of one of them.
            return KeyDistributionService.offline(folder, Clock.systemUTC())
                    .leaf(AttestationReport.parse(report, Product.MILAN), List.of());
        } catch (CollateralException e) {
            throw new UnusableInputException("no certificate was named, nor is it in the folder: " + e.getMessage());
        }
    }

    private SnpVerifier verifier(ReportCase given) throws UnusableInputException {
        Optional<Bytes> root = given.simulatedRoot().isPresent()
                ? Optional.of(InputFile.der(given.simulatedRoot().get()).get(0))
                : Optional.empty();
        var setup = new Setup(root, given.acceptRevoked() ? Map.of() : lists(given), given.acceptRevoked());
        var known = verifiers.get(setup);
        if (known != null) {
            return known;
        }
        var anchors = TrustAnchors.amd();
        if (root.isPresent()) {
            var certificate = Certificates.parse(root.get());
            if (certificate.isEmpty()) {
                throw new UnusableInputException("the simulator's root is no certificate");
            }
            try {
                anchors = anchors.andSimulated(certificate.get(), SIMULATED_PRODUCT);
            } catch (IllegalArgumentException e) {
                throw new UnusableInputException("the simulator's root is AMD's own");
            }
        }
        var verifier = new SnpVerifier(
                anchors,
                setup.acceptRevoked() ? Revocation.acceptingRevokedCertificates() : Revocation.lists(setup.lists()),
                new CaseClock());
        verifiers.put(setup, verifier);
        return verifier;
    }

    /** The named list, which counts for the product whose root signed it; else the lists in the folder of the chain. */
    private static Map<Product, Bytes> lists(ReportCase given) throws UnusableInputException {
        var lists = new EnumMap<Product, Bytes>(Product.class);
        for (var product : Product.values()) {
            Optional<Path> file = given.crl()
                    .map(path -> Files.isDirectory(path) ? path.resolve(product.label() + ".crl") : path)
                    .or(() -> given.chain().map(path -> path.resolve(product.label() + ".crl")));
            boolean named =
                    given.crl().isPresent() && !Files.isDirectory(given.crl().get());
            if (file.isPresent() && (named || Files.exists(file.get()))) {
                lists.put(product, InputFile.der(file.get()).get(0));
            }
        }
        return lists;
    }

    /** Tells the time of the case that is judged. */
    private final class CaseClock extends Clock {
        @Override
        public Instant instant() {
            return at;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
