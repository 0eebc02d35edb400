package dev.husk.snp;

import static dev.husk.snp.Judged.outcome;
import static dev.husk.snp.Judged.signature;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Homemade.Maker;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole judgement: report, certificates and expectations together. */
class SnpVerifierTest {
    private static final BigInteger ORDER = new BigInteger(
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16);

    @ParameterizedTest
    @EnumSource(Product.class)
    void aReportThatItsVcekSignedIsTrusted(Product product) {
        for (int version : new int[] {2, 3, 4, 5}) {
            var report = ReportEncoder.sample(product, version, SigningKey.VCEK);
            assertThat(judged(report, Homemade.vcek(product))).isEqualTo("trusted");
        }
    }

    @ParameterizedTest
    @EnumSource(Product.class)
    void aReportThatItsVlekSignedIsTrustedWhereTheCloudIs(Product product) {
        var report = ReportEncoder.sample(product, 3, SigningKey.VLEK);
        var leaf = Homemade.vlek(product);
        assertThat(judged(report, leaf)).isEqualTo("PROVIDER_UNKNOWN");
        var verifier = Judged.verifier(Homemade.pinned(product));
        var certificates = Homemade.chain(leaf.make());
        var signed = Homemade.report(report);
        var expected = Judged.exactly(report);
        assertThat(outcome(
                        verifier,
                        signed,
                        certificates,
                        expected.providers(Set.of("CN=cloud.example")).build()))
                .isEqualTo("trusted");
        assertThat(outcome(
                        verifier,
                        signed,
                        certificates,
                        expected.providers(Set.of("CN=CLOUD.example", "cloud.example"))
                                .build()))
                .isEqualTo("PROVIDER_UNKNOWN");
        assertThat(outcome(
                        verifier,
                        signed,
                        certificates,
                        expected.acceptingAnyProvider().build()))
                .isEqualTo("trusted");
    }

    @Test
    void aRealVlekIsTrustedWhileItLastsAndWhereItsCloudIs() throws Exception {
        var vector = Vectors.vlek();
        var report = AttestationReport.parse(vector.report(), Product.MILAN);
        var expected = Judged.exactly(report);
        var cloud = Set.of("CN=cc-us-east-2.amazonaws.com");
        var certificates = vector.certificates();
        for (var time : List.of("2024-12-10T22:14:21Z", "2025-12-10T22:14:21Z")) {
            assertThat(outcome(
                            at(time),
                            vector.report(),
                            certificates,
                            expected.providers(cloud).build()))
                    .isEqualTo("trusted");
            assertThat(outcome(
                            at(time),
                            vector.report(),
                            certificates,
                            expected.providers(Set.of("CN=cc-eu-west-1.amazonaws.com"))
                                    .build()))
                    .isEqualTo("PROVIDER_UNKNOWN");
        }
        for (var time : List.of("2024-12-10T22:14:20Z", "2025-12-10T22:14:22Z")) {
            assertThat(outcome(
                            at(time),
                            vector.report(),
                            certificates,
                            expected.providers(Set.of()).build()))
                    .isEqualTo("CERTIFICATE_OUT_OF_DATE PROVIDER_UNKNOWN");
        }
    }

    @Test
    void eachCertificateOfTheChainHasToBeValid() {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var past = Homemade.NOW.minusSeconds(60);
        for (int i = 0; i < 3; i++) {
            var makers = List.of(Homemade.vcek(Product.MILAN), Homemade.intermediate(), Homemade.root());
            makers.get(i).valid(past, Homemade.NOW.plusSeconds(60));
            var certificates = makers.stream().map(Maker::make).toList();
            var times = Map.of(
                    past.minusSeconds(1),
                    "CERTIFICATE_OUT_OF_DATE",
                    past,
                    "trusted",
                    Homemade.NOW.plusSeconds(60),
                    "trusted",
                    Homemade.NOW.plusSeconds(61),
                    "CERTIFICATE_OUT_OF_DATE");
            times.forEach((time, verdict) -> assertThat(outcome(
                            new SnpVerifier(
                                    Homemade.pinned(Product.MILAN),
                                    Revocation.acceptingRevokedCertificates(),
                                    Clock.fixed(time, ZoneOffset.UTC)),
                            Homemade.report(report),
                            certificates,
                            Judged.exactly(report).build()))
                    .isEqualTo(verdict));
        }
    }

    @Test
    void theChipIsTheSameRawAndWrapped() {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var wrapped = new DEROctetString(report.chipId().toArray());
        assertThat(judged(report, Homemade.vcek(Product.MILAN).amd("4", wrapped)))
                .isEqualTo("trusted");
    }

    @ParameterizedTest
    @CsvSource({"3.1", "3.2", "3.3", "3.8"})
    void everyFirmwareVersionMustBeTheCertifiedOne(String oid) {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        for (int version : new int[] {0, 3, 8, 255}) {
            assertThat(judged(report, Homemade.vcek(Product.MILAN).amd(oid, new ASN1Integer(version))))
                    .isEqualTo("CERTIFICATE_MISMATCH");
        }
        var turin = ReportEncoder.sample(Product.TURIN, 3, SigningKey.VCEK);
        assertThat(judged(turin, Homemade.vcek(Product.TURIN).without("3.9"))).isEqualTo("CERTIFICATE_MISMATCH");
        assertThat(judged(turin, Homemade.vcek(Product.TURIN).amd("3.9", new ASN1Integer(2))))
                .isEqualTo("CERTIFICATE_MISMATCH");
    }

    @Test
    void theChipMustBeTheCertifiedOne() {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        for (int i = 0; i < 64; i += 9) {
            var id = report.chipId().toArray();
            id[i] ^= 1;
            assertThat(judged(report, Homemade.vcek(Product.MILAN).amd("4", id)))
                    .isEqualTo("CERTIFICATE_MISMATCH");
        }
        var turin = ReportEncoder.encode(ReportEncoder.sample(Product.TURIN, 3, SigningKey.VCEK));
        turin[0x1A8] = 1;
        var leaf = Homemade.vcek(Product.TURIN);
        assertThat(judged(turin, Product.TURIN, leaf))
                .as("after the 8 bytes of a Turin")
                .isEqualTo("CERTIFICATE_MISMATCH");
    }

    @Test
    void aChipThatHidesItselfCannotBeTheCertifiedOne() {
        for (var product : Product.values()) {
            var report = ReportEncoder.encode(ReportEncoder.sample(product, 3, SigningKey.VCEK));
            Arrays.fill(report, 0x1A0, 0x1E0, (byte) 0);
            assertThat(judged(report, product, Homemade.vcek(product))).isEqualTo("CHIP_MASKED");
            var nobody = new byte[product == Product.TURIN ? 8 : 64];
            assertThat(judged(report, product, Homemade.vcek(product).amd("4", nobody)))
                    .isEqualTo("CHIP_MASKED");
        }
    }

    @Test
    void vcekAndVlekAreNotTakenForEachOther() {
        assertThat(judged(ReportEncoder.sample(Product.MILAN, 3, SigningKey.VLEK), Homemade.vcek(Product.MILAN)))
                .isEqualTo("CERTIFICATE_MISMATCH");
        assertThat(judged(ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK), Homemade.vlek(Product.MILAN)))
                .isEqualTo("CERTIFICATE_MISMATCH");
    }

    @Test
    void productsOfReportCertificateAndRootAreOne() {
        var genoa = ReportEncoder.sample(Product.GENOA, 3, SigningKey.VCEK);
        assertThat(outcome(
                        Judged.verifier(Homemade.pinned(Product.MILAN)),
                        Homemade.report(genoa),
                        Homemade.chain(Homemade.vcek(Product.MILAN).make()),
                        Judged.exactly(genoa).build()))
                .isEqualTo("CERTIFICATE_MISMATCH");
        var milan = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        for (var name : List.of("Genoa", "Mila", "Milano", "milan", "", "Milan B0")) {
            assertThat(judged(milan, Homemade.vcek(Product.MILAN).amd("2", new DERIA5String(name))))
                    .as(name)
                    .isEqualTo("CERTIFICATE_MISMATCH");
        }
        assertThat(judged(milan, Homemade.vcek(Product.MILAN).amd("2", new DERIA5String("Milan-B0"))))
                .isEqualTo("trusted");
    }

    @Test
    void simulationIsSaidAndExpected() throws Exception {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var root = ParsedCertificate.parse(Homemade.root().make()).x509();
        var simulated = TrustAnchors.amd().andSimulated(root, Product.MILAN);
        // Without any list: a simulator has none.
        var verifier = new SnpVerifier(simulated, Revocation.lists(Map.of()), Judged.CLOCK);
        var certificates = Homemade.chain(Homemade.vcek(Product.MILAN).make());
        var expected = Judged.exactly(report);
        assertThat(outcome(verifier, Homemade.report(report), certificates, expected.build()))
                .isEqualTo("SIMULATION_DENIED");
        var verdict = verifier.verify(
                Homemade.report(report), certificates, expected.simulated(true).build());
        assertThat(verdict).hasToString("trusted (SIMULATED)");
        assertThat(((Verdict.Trusted) verdict).simulated()).isTrue();
        assertThat(((Verdict.Trusted) verdict).report()).isEqualTo(report);
        assertThat(judged(
                        report,
                        Homemade.vcek(Product.MILAN),
                        expected.simulated(true).build()))
                .isEqualTo("SIMULATION_DENIED");
        assertThatThrownBy(() -> simulated.andSimulated(root, Product.GENOA))
                .isInstanceOf(IllegalArgumentException.class);
        var ark = ParsedCertificate.parse(Vectors.authority("ARK-Milan")).x509();
        assertThatThrownBy(() -> TrustAnchors.amd().andSimulated(ark, Product.MILAN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** So neither a report's bytes nor their hash are an identity. */
    @Test
    void theTwinSignatureIsAsGoodAsTheFirst() {
        for (var vector : List.of(Vectors.milan(), Vectors.genoa(), Vectors.turin(), Vectors.vlek())) {
            var report = vector.report().toArray();
            var s = new byte[48];
            for (int i = 0; i < 48; i++) {
                s[47 - i] = report[0x2E8 + i];
            }
            var twin = scalar(ORDER.subtract(new BigInteger(1, s)));
            System.arraycopy(twin, 0, report, 0x2E8, 48);
            assertThat(Bytes.copyOf(report)).isNotEqualTo(vector.report());
            assertThat(signature(Judged.verifier(TrustAnchors.amd()), Bytes.copyOf(report), vector.certificates()))
                    .isEqualTo("signed");
        }
    }

    @Test
    void scalarsOutOfRangeProveNothing() {
        var vector = Vectors.milan();
        var verifier = Judged.verifier(TrustAnchors.amd());
        var most = BigInteger.TWO.pow(384).subtract(BigInteger.ONE);
        for (var value : List.of(BigInteger.ZERO, ORDER, ORDER.add(BigInteger.ONE), most)) {
            for (int offset : new int[] {0x2A0, 0x2E8}) {
                var report = vector.report().toArray();
                System.arraycopy(scalar(value), 0, report, offset, 48);
                assertThat(signature(verifier, Bytes.copyOf(report), vector.certificates()))
                        .isEqualTo("SIGNATURE_INVALID");
            }
        }
        var unsigned = vector.report().toArray();
        Arrays.fill(unsigned, 0x2A0, 0x4A0, (byte) 0);
        assertThat(signature(verifier, Bytes.copyOf(unsigned), vector.certificates()))
                .isEqualTo("SIGNATURE_INVALID");
    }

    @Tag("sweep")
    @Test
    void aFlippedBitInAnyByteOfARealReportIsNoticed() {
        for (var vector : List.of(Vectors.milan(), Vectors.turin())) {
            var verifier = Judged.verifier(TrustAnchors.amd());
            var certificates = List.of(vector.leaf().orElseThrow());
            int step = vector.equals(Vectors.milan()) ? 1 : 7;
            for (int i = 0; i < 1184; i += step) {
                var changed = vector.report().toArray();
                changed[i] ^= (byte) (1 << i % 8);
                var outcome = signature(verifier, Bytes.copyOf(changed), certificates);
                assertThat(outcome.equals("SIGNATURE_INVALID") || outcome.startsWith("malformed "))
                        .as("byte 0x%03X: %s", i, outcome)
                        .isTrue();
            }
        }
    }

    @Test
    void aReportThatIsNoneIsMalformedWhateverComesWithIt() throws Exception {
        var verifier = Judged.verifier(TrustAnchors.amd());
        var report = Vectors.milan().report();
        var leaf = Vectors.milan().certificates();
        var expected = Judged.anything().build();
        for (var certificates : List.of(leaf, List.<Bytes>of(), List.of(Bytes.fromHex("00")))) {
            assertThat(outcome(verifier, report.slice(0, 1183), certificates, expected))
                    .isEqualTo("malformed 49F");
            assertThat(signature(verifier, report.slice(0, 1183), certificates)).isEqualTo("malformed 49F");
        }
        // Version 2 says nothing of its processor: the root's product decides where a TCB has its reserved bytes.
        var two = ReportEncoder.encode(ReportEncoder.sample(Product.MILAN, 2, SigningKey.VCEK));
        assertThat(outcome(
                        Judged.verifier(Homemade.pinned(Product.TURIN)),
                        Homemade.sign(two, Homemade.LEAF_KEY),
                        Homemade.chain(Homemade.vcek(Product.TURIN).make()),
                        expected))
                .isEqualTo("malformed 03E");
    }

    @Test
    void pastTheSignatureEveryReasonIsNamed() {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var leaf = Homemade.vcek(Product.MILAN)
                .valid(Instant.EPOCH, Instant.EPOCH)
                .amd("3.1", new ASN1Integer(9))
                .amd("4", new byte[64]);
        var expected = Judged.exactly(report)
                .simulated(true)
                .vmpl(Allowed.only(Set.of(0)))
                .products(Allowed.only(Set.of(Product.GENOA)))
                .build();
        assertThat(outcome(
                        new SnpVerifier(Homemade.pinned(Product.MILAN), Revocation.lists(Map.of()), Judged.CLOCK),
                        Homemade.report(report),
                        Homemade.chain(leaf.make()),
                        expected))
                .isEqualTo("CERTIFICATE_OUT_OF_DATE REVOCATION_UNKNOWN SIMULATION_DENIED CERTIFICATE_MISMATCH "
                        + "CERTIFICATE_MISMATCH PRODUCT_DENIED VMPL_DENIED");
    }

    @Test
    void reasonsSayWhatWasFound() throws Exception {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var leaf = Homemade.vcek(Product.MILAN).amd("3.1", new ASN1Integer(9));
        var rejected = (Verdict.Rejected) Judged.verifier(Homemade.pinned(Product.MILAN))
                .verify(
                        Homemade.report(report),
                        Homemade.chain(leaf.make()),
                        Judged.exactly(report).build());
        assertThat(rejected.reasons()).hasToString("[CERTIFICATE_MISMATCH: reported TCB 4.5.6.7, certified 9.5.6.7]");
        var ended = Homemade.vcek(Product.MILAN).valid(Instant.EPOCH, Instant.EPOCH);
        rejected = (Verdict.Rejected) Judged.verifier(Homemade.pinned(Product.MILAN))
                .verify(
                        Homemade.report(report),
                        Homemade.chain(ended.make()),
                        Judged.exactly(report).simulated(true).build());
        assertThat(rejected.reasons())
                .hasToString("[CERTIFICATE_OUT_OF_DATE: CN=SEV-VCEK is valid from 1970-01-01T00:00:00Z to "
                        + "1970-01-01T00:00:00Z, SIMULATION_DENIED: the report is of hardware, the platform says "
                        + "simulated]");
    }

    @Test
    void aTrustedHardwareReportIsNotSimulated() throws Exception {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var verdict = Judged.verifier(Homemade.pinned(Product.MILAN))
                .verify(
                        Homemade.report(report),
                        Homemade.chain(Homemade.vcek(Product.MILAN).make()),
                        Judged.exactly(report).build());
        assertThat(verdict.<Boolean>match(Verdict.Trusted::simulated, rejected -> true))
                .isFalse();
    }

    /** One verifier for all, and a new one for each, over a long mix of good and bad. */
    @Tag("sweep")
    @Test
    void whatAVerifierRemembersChangesNoVerdict() throws Exception {
        var shared = Judged.verifier(TrustAnchors.amd());
        var vectors = Vectors.certified();
        var authorities = Vectors.authorities();
        var random = new Random(20250601);
        var seen = new TreeSet<String>();
        for (int i = 0; i < 300; i++) {
            var vector = vectors.get(random.nextInt(vectors.size()));
            var report = vector.report().toArray();
            var certificates = new ArrayList<Bytes>();
            var source = random.nextInt(4) == 0 ? vectors.get(random.nextInt(vectors.size())) : vector;
            certificates.add(source.leaf().orElseThrow());
            for (int more = random.nextInt(3); more > 0; more--) {
                certificates.add(authorities.get(random.nextInt(authorities.size())));
            }
            switch (random.nextInt(6)) {
                case 0 -> report[random.nextInt(report.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> {
                    int which = random.nextInt(certificates.size());
                    var changed = certificates.get(which).toArray();
                    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                    certificates.set(which, Bytes.copyOf(changed));
                }
                default -> {}
            }
            var expected = random.nextBoolean()
                    ? Judged.anything().acceptingAnyProvider().build()
                    : Judged.exactly(AttestationReport.parse(vector.report(), vector.product()))
                            .build();
            var warm = outcome(shared, Bytes.copyOf(report), certificates, expected);
            var cold = outcome(Judged.verifier(TrustAnchors.amd()), Bytes.copyOf(report), certificates, expected);
            assertThat(warm).isEqualTo(cold);
            seen.add(cold.split(" ")[0]);
        }
        assertThat(seen)
                .contains(
                        "trusted",
                        "malformed",
                        "SIGNATURE_INVALID",
                        "CHAIN_UNTRUSTED",
                        "CERTIFICATE_UNUSABLE",
                        "CERTIFICATE_OUT_OF_DATE");
    }

    @Test
    void aVerifierRemembersOnlySoManyChainsAndNoneThatCarriesMore() {
        var verifier = new SnpVerifier(
                Homemade.pinned(Product.MILAN), Revocation.acceptingRevokedCertificates(), Judged.CLOCK, 3);
        var report = Homemade.report(ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK));
        var leaf = Homemade.vcek(Product.MILAN).make();
        var padded = new ArrayList<>(Homemade.chain(leaf));
        padded.add(Vectors.authority("ARK-Milan"));
        var other = List.of(leaf, Homemade.intermediate().make(), Vectors.authority("ARK-Milan"));
        for (var certificates : List.of(padded, other, List.of(leaf), List.<Bytes>of())) {
            signature(verifier, report, certificates);
            assertThat(verifier.remembered()).isZero();
        }
        for (int i = 1; i <= 8; i++) {
            var chain = Homemade.chain(Homemade.vcek(Product.MILAN).serial(i).make());
            for (int again = 0; again < 3; again++) {
                assertThat(signature(verifier, report, chain)).isEqualTo("signed");
                assertThat(verifier.remembered()).isEqualTo((i - 1) % 3 + 1);
            }
        }
        var amd = Judged.verifier(TrustAnchors.amd());
        var real = Vectors.milan();
        var realLeaf = real.leaf().orElseThrow();
        assertThat(signature(amd, real.report(), List.of(realLeaf, Vectors.authority("ARK-Genoa"))))
                .isEqualTo("signed");
        assertThat(amd.remembered())
                .as("a chain beside a certificate that is no part of it")
                .isZero();
        assertThat(signature(amd, real.report(), List.of(realLeaf, Vectors.authority("SEV-Milan"))))
                .isEqualTo("signed");
        assertThat(amd.remembered()).isEqualTo(1);
        var orders = List.of(0, 1, 2);
        var chain = Homemade.chain(leaf);
        for (int second : orders) {
            for (int third : orders) {
                signature(verifier, report, List.of(leaf, chain.get(second), chain.get(third)));
                assertThat(verifier.remembered()).isBetween(1, 3);
            }
        }
    }

    @Test
    void aVerifierKeepsNoListThatItsCallerMayChange() {
        var verifier = Judged.verifier(Homemade.pinned(Product.MILAN));
        var report = Homemade.report(ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK));
        var certificates =
                new ArrayList<>(Homemade.chain(Homemade.vcek(Product.MILAN).make()));
        assertThat(signature(verifier, report, certificates)).isEqualTo("signed");
        certificates.set(
                0,
                Homemade.vcek(Product.MILAN)
                        .key(Homemade.ec("secp384r1").getPublic())
                        .make());
        assertThat(signature(verifier, report, certificates)).isEqualTo("SIGNATURE_INVALID");
    }

    private static SnpVerifier at(String time) {
        return new SnpVerifier(TrustAnchors.amd(), Revocation.acceptingRevokedCertificates(), Judged.at(time));
    }

    private static String judged(AttestationReport report, Maker leaf) {
        return judged(report, leaf, Judged.exactly(report).build());
    }

    private static String judged(AttestationReport report, Maker leaf, Expectations expected) {
        return outcome(
                Judged.verifier(Homemade.pinned(report.product())),
                Homemade.report(report),
                Homemade.chain(leaf.make()),
                expected);
    }

    private static String judged(byte[] report, Product product, Maker leaf) {
        return outcome(
                Judged.verifier(Homemade.pinned(product)),
                Homemade.sign(report, Homemade.LEAF_KEY),
                Homemade.chain(leaf.make()),
                Judged.anything().build());
    }

    /** 48 bytes, little-endian. */
    private static byte[] scalar(BigInteger value) {
        var bytes = new byte[48];
        for (int i = 0; i < 48; i++) {
            bytes[i] = value.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }
}
