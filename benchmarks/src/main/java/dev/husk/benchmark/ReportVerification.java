package dev.husk.benchmark;

import dev.husk.snp.Allowed;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.PlatformRules;
import dev.husk.snp.PolicyRules;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Judging a simulated report with its chain of three certificates, beside nothing but the P-384 verification that it
 * must contain: by Bouncy Castle, which the verifier uses, and by the JDK. Once with the chain known from an earlier
 * report, once with a chain that neither the verifier nor the JDK's cache of certificates has seen.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReportVerification {
    private static final int SIGNED = 0x2A0;

    private Bytes report = Bytes.copyOf(new byte[0]);
    private List<Bytes> certificates = List.of();
    private Bare bare = Bare.none();
    private Expectations expected = expectations();
    private TrustAnchors anchors = TrustAnchors.amd();
    private SnpVerifier verifier =
            new SnpVerifier(anchors, Revocation.acceptingRevokedCertificates(), Clock.systemUTC());

    /** What is left when parsing and policy are taken away. */
    private record Bare(byte[] message, BigInteger r, BigInteger s, byte[] concatenated, Optional<ECPublicKey> key) {
        static Bare none() {
            return new Bare(new byte[0], BigInteger.ZERO, BigInteger.ZERO, new byte[0], Optional.empty());
        }
    }

    private Optional<ECPublicKeyParameters> point = Optional.empty();

    @Setup
    public void prepare() throws IOException, GeneralSecurityException {
        var folder = Files.createTempDirectory("husk-benchmark");
        var processor = SimulatedProcessor.open(folder);
        certificates = processor.certificates().stream().map(Bytes::copyOf).toList();
        anchors = TrustAnchors.amd().andSimulated(certificate(processor, 2), Product.GENOA);
        verifier = new SnpVerifier(anchors, Revocation.acceptingRevokedCertificates(), Clock.systemUTC());
        byte[] encoded = processor.launch(new byte[48], new byte[32], 0x30000).report(new byte[64]);
        report = Bytes.copyOf(encoded);
        byte[] r = reversed(encoded, SIGNED);
        byte[] s = reversed(encoded, SIGNED + 72);
        byte[] both = Arrays.copyOf(Arrays.copyOfRange(r, 24, 72), 96);
        System.arraycopy(s, 24, both, 48, 48);
        var key = (ECPublicKey) certificate(processor, 0).getPublicKey();
        bare = new Bare(
                Arrays.copyOf(encoded, SIGNED), new BigInteger(1, r), new BigInteger(1, s), both, Optional.of(key));
        var curve = new ECDomainParameters(CustomNamedCurves.getByName("secp384r1"));
        point = Optional.of(new ECPublicKeyParameters(
                curve.getCurve().createPoint(key.getW().getAffineX(), key.getW().getAffineY()), curve));
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    /** The JDK keeps the last 750 certificates that it parsed; as many others push ours out. */
    @State(Scope.Thread)
    public static class Forgetting {
        private static final int MORE_THAN_THE_JDK_KEEPS = 800;

        private final List<byte[]> others = new ArrayList<>();

        @Setup
        public void prepare(ReportVerification reports) {
            byte[] leaf = reports.certificates.get(0).toArray();
            for (int i = 0; i < MORE_THAN_THE_JDK_KEEPS; i++) {
                byte[] other = leaf.clone();
                other[other.length - 1] ^= (byte) i;
                other[other.length - 2] ^= (byte) (1 + (i >>> 8));
                others.add(other);
            }
        }

        @Setup(Level.Invocation)
        public void forget() throws GeneralSecurityException {
            var factory = CertificateFactory.getInstance("X.509");
            for (var other : others) {
                factory.generateCertificate(new ByteArrayInputStream(other));
            }
        }
    }

    @Benchmark
    public boolean cachedChain() throws MalformedReportException {
        return verifier.verify(report, certificates, expected) instanceof Verdict.Trusted;
    }

    @Benchmark
    public boolean coldChain(Forgetting forgotten) throws MalformedReportException {
        var fresh = new SnpVerifier(anchors, Revocation.acceptingRevokedCertificates(), Clock.systemUTC());
        return fresh.verify(report, certificates, expected) instanceof Verdict.Trusted;
    }

    @Benchmark
    public boolean parseAndAppraise() throws MalformedReportException {
        return expected.mismatches(AttestationReport.parse(report, Product.GENOA))
                .isEmpty();
    }

    @Benchmark
    public boolean bareBouncyCastle() throws GeneralSecurityException {
        var signer = new ECDSASigner();
        signer.init(false, point.orElseThrow());
        return signer.verifySignature(MessageDigest.getInstance("SHA-384").digest(bare.message()), bare.r(), bare.s());
    }

    @Benchmark
    public boolean bareJdk() throws GeneralSecurityException {
        var signature = Signature.getInstance("SHA384withECDSAinP1363Format");
        signature.initVerify(bare.key().orElseThrow());
        signature.update(bare.message());
        return signature.verify(bare.concatenated());
    }

    private static X509Certificate certificate(SimulatedProcessor processor, int index)
            throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(processor.certificates().get(index)));
    }

    private static byte[] reversed(byte[] report, int offset) {
        byte[] bigEndian = new byte[72];
        for (int i = 0; i < 72; i++) {
            bigEndian[71 - i] = report[offset + i];
        }
        return bigEndian;
    }

    private static Expectations expectations() {
        return Expectations.builder()
                .simulated(true)
                .reportData(Allowed.only(Set.of(Bytes.copyOf(new byte[64]))))
                .products(Allowed.only(Set.of(Product.GENOA)))
                .measurements(Allowed.only(Set.of(Bytes.copyOf(new byte[48]))))
                .hostData(Allowed.any())
                .acceptingAnyTcb()
                .policy(PolicyRules.closed())
                .platformInfo(PlatformRules.any())
                .idKeys(Allowed.any())
                .authorKeys(Allowed.any())
                .chips(Allowed.any())
                .vmpl(Allowed.only(Set.of(0)))
                .providers(Set.of())
                .build();
    }
}
