package dev.husk.gateway.attest;

import dev.husk.gateway.Configuration;
import dev.husk.protocol.contract.AllowList;
import dev.husk.protocol.contract.Contract;
import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges evidence: with the anchors, lists and clock of this gateway, against what a platform of a contract says. */
@ApplicationScoped
public class Verifier {
    @Inject
    private Configuration configuration;

    @Inject
    private Clock clock;

    private SnpVerifier verifier = new SnpVerifier(TrustAnchors.amd(), Revocation.lists(Map.of()), Clock.systemUTC());
    private boolean simulation;

    @PostConstruct
    void configure() {
        try {
            var anchors = TrustAnchors.amd();
            var root = configuration.simulatedRoot();
            if (root.isPresent()) {
                var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(root.get())));
                anchors = anchors.andSimulated(certificate, Product.GENOA);
                simulation = true;
            }
            verifier = new SnpVerifier(anchors, Revocation.lists(lists(configuration.revocationLists())), clock);
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

    /** Whether the evidence is genuine and fresh. Which platform it satisfies is asked for each release anew. */
    Verdict genuine(Sandbox.Evidence evidence, boolean simulated) throws MalformedReportException {
        return verifier.verify(
                evidence.report(),
                evidence.certificates(),
                new Expectations(
                        simulated,
                        evidence.reportData(),
                        Allowed.any(),
                        Allowed.any(),
                        Allowed.any(),
                        Optional.empty(),
                        true,
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Allowed.any(),
                        Allowed.any(),
                        Set.of()));
    }

    /** Judges stored evidence against a platform, at this moment. */
    public Verdict judge(Sandbox.Evidence evidence, Contract.Platform platform) {
        try {
            return verifier.verify(
                    evidence.report(), evidence.certificates(), expectations(platform, evidence.reportData()));
        } catch (MalformedReportException e) {
            throw new IllegalStateException("stored evidence is damaged", e);
        }
    }

    static Expectations expectations(Contract.Platform platform, Bytes reportData) {
        var policy = platform.policy();
        return new Expectations(
                platform.simulated(),
                reportData,
                allowed(platform.products(), label -> Product.of(label).orElseThrow()),
                allowed(platform.measurements(), Bytes::fromHex),
                allowed(platform.hostData(), Bytes::fromHex),
                platform.minimumTcb().map(Verifier::tcb),
                // Only "must be false" forbids a bit; true and any both let a sandbox with it pass.
                !policy.debug().equals(Optional.of(false)),
                !policy.migrationAgent().equals(Optional.of(false)),
                policy.smt(),
                policy.singleSocket(),
                allowed(platform.chips(), Bytes::fromHex),
                allowed(platform.vmpl(), Integer::valueOf),
                Set.of());
    }

    private static Map<Product, TcbVersion> tcb(Map<String, Contract.Tcb> minimum) {
        var all = new HashMap<Product, TcbVersion>();
        minimum.forEach((product, tcb) -> all.put(
                Product.of(product).orElseThrow(),
                new TcbVersion(tcb.fmc().orElse(0), tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode())));
        return all;
    }

    private static <T> Allowed<T> allowed(AllowList list, Function<String, T> parse) {
        return list.isAny()
                ? Allowed.any()
                : Allowed.only(list.values().stream().map(parse).collect(Collectors.toSet()));
    }
}
