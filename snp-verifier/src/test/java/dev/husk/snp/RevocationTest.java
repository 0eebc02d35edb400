package dev.husk.snp;

import static dev.husk.snp.Judged.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Homemade.ListMaker;
import dev.husk.snp.Homemade.Scheme;
import dev.husk.snp.Vectors.Vector;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** AMD's real lists, and what forged, old and missing ones lead to. */
class RevocationTest {
    private static final Bytes MILAN_2023 = Vectors.revocationList("ARK-Milan-2023-05-09");
    private static final Bytes MILAN_2025 = Vectors.revocationList("ARK-Milan-2025-05-06");
    private static final Bytes GENOA_2024 = Vectors.revocationList("ARK-Genoa-2024-10-23");

    @Test
    void amdsRealListsAreCurrentUntilTheyEnd() throws Exception {
        assertThat(real(Vectors.milan(), Map.of(Product.MILAN, MILAN_2025), "2025-06-01T00:00:00Z"))
                .isEqualTo("trusted");
        assertThat(real(Vectors.milan(), Map.of(Product.MILAN, MILAN_2025), "2026-05-12T00:00:00Z"))
                .isEqualTo("trusted");
        assertThat(real(Vectors.milan(), Map.of(Product.MILAN, MILAN_2025), "2026-05-12T00:00:01Z"))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(real(Vectors.milan(), Map.of(Product.MILAN, MILAN_2025), "2025-05-06T12:39:05Z"))
                .as("a second before it was made")
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(real(Vectors.milan(), Map.of(Product.MILAN, MILAN_2023), "2025-06-01T00:00:00Z"))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(real(Vectors.genoa(), Map.of(Product.GENOA, GENOA_2024), "2025-11-03T01:00:00Z"))
                .isEqualTo("trusted");
        assertThat(real(Vectors.genoa(), Map.of(Product.GENOA, GENOA_2024), "2025-11-03T01:00:01Z"))
                .isEqualTo("REVOCATION_UNKNOWN");
    }

    @Test
    void aProductWithoutAListIsRejected() throws Exception {
        var time = "2025-06-01T00:00:00Z";
        assertThat(real(Vectors.milan(), Map.of(), time)).isEqualTo("REVOCATION_UNKNOWN");
        assertThat(real(Vectors.milan(), Map.of(Product.GENOA, GENOA_2024), time))
                .isEqualTo("REVOCATION_UNKNOWN");
        var others = Map.of(Product.MILAN, MILAN_2025, Product.GENOA, GENOA_2024);
        assertThat(real(Vectors.turin(), others, "2026-03-01T00:00:00Z")).isEqualTo("REVOCATION_UNKNOWN");
    }

    @Test
    void theListOfAnotherRootSaysNothing() throws Exception {
        assertThat(real(Vectors.milan(), Map.of(Product.MILAN, GENOA_2024), "2025-06-01T00:00:00Z"))
                .isEqualTo("REVOCATION_UNKNOWN");
    }

    /** Genoa's first ASK; no certificate of it is public. */
    @Test
    void amdsListOfGenoaRevokesTheFirstAskAndNoOther() throws Exception {
        var list = RevocationList.parse(GENOA_2024);
        assertThat(list.revokes(BigInteger.valueOf(0x20001))).isTrue();
        for (int other : new int[] {0, 0x20000, 0x20002, 0x20101, 0x10001}) {
            assertThat(list.revokes(BigInteger.valueOf(other))).isFalse();
        }
        assertThat(list.signedBy(ParsedCertificate.parse(Vectors.authority("ARK-Genoa"))))
                .isTrue();
        assertThat(list.until()).isEqualTo(Instant.parse("2025-11-03T01:00:00Z"));
    }

    @Test
    void aRevokedIntermediateAndARevokedRootAreRejected() {
        assertThat(judged(Homemade.list())).isEqualTo("trusted");
        assertThat(judged(Homemade.list().revoking(3))).isEqualTo("trusted");
        assertThat(judged(Homemade.list().revoking(2))).isEqualTo("CERTIFICATE_REVOKED");
        assertThat(judged(Homemade.list().revoking(1))).isEqualTo("CERTIFICATE_REVOKED");
        assertThat(judged(Homemade.list().revoking(7).revoking(2).revoking(1)))
                .isEqualTo("CERTIFICATE_REVOKED CERTIFICATE_REVOKED");
    }

    /** Every leaf of AMD's has the serial number 0, and its issuer is not the list's. */
    @Test
    void theSerialNumberOfTheLeafIsNotLookedUp() {
        assertThat(judged(Homemade.list().revoking(0))).isEqualTo("trusted");
    }

    @Test
    void aListIsOfItsTime() {
        var now = Homemade.NOW;
        assertThat(judged(Homemade.list().valid(now, now))).isEqualTo("trusted");
        assertThat(judged(Homemade.list().valid(now.plusSeconds(1), now.plusSeconds(2))))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(judged(Homemade.list().valid(now.minusSeconds(2), now.minusSeconds(1))))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(judged(Homemade.list().endless())).isEqualTo("REVOCATION_UNKNOWN");
    }

    @Test
    void aListThatTheRootDidNotSignSaysNothing() {
        assertThat(judged(Homemade.list().issuer(Homemade.ROOT, Homemade.OTHER_KEY)))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(judged(Homemade.list().issuer(Homemade.INTERMEDIATE, Homemade.INTERMEDIATE_KEY)))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(judged(Homemade.list().issuer(new X500Name("CN=elsewhere"), Homemade.ROOT_KEY)))
                .isEqualTo("REVOCATION_UNKNOWN");
    }

    @Test
    void aListIsSignedInTheOneWay() {
        for (var scheme : List.of(
                Scheme.pss("SHA-256", "SHA-256", 32, 1),
                Scheme.pss("SHA-384", "SHA-384", 32, 1),
                new Scheme(Homemade.PSS.says(), "SHA384withRSA", Homemade.PSS.parameters()))) {
            assertThat(judged(Homemade.list().scheme(scheme))).isEqualTo("REVOCATION_UNKNOWN");
        }
        var other = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384);
        assertThat(judged(Homemade.list().sayingInside(other))).isEqualTo("REVOCATION_UNKNOWN");
    }

    @Test
    void aListThatIsNotCompleteIsNone() {
        var delta = Homemade.list().extension(Extension.deltaCRLIndicator, true, new ASN1Integer(1));
        assertThat(judged(delta)).isEqualTo("REVOCATION_UNKNOWN");
        assertThat(judged(Homemade.list().extension(Extension.cRLNumber, false, new ASN1Integer(7))))
                .isEqualTo("trusted");
        assertThat(judged(Homemade.list().extension(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE)))
                .isEqualTo("REVOCATION_UNKNOWN");
        assertThat(judged(Homemade.list().revokingOfAnotherIssuer(2))).isEqualTo("REVOCATION_UNKNOWN");
    }

    @Test
    void bytesThatAreNoListAreOneReasonMoreAndNoException() {
        for (var bytes : List.of(
                Bytes.fromHex(""),
                Bytes.fromHex("3000"),
                Bytes.fromHex("00ff"),
                Vectors.authority("ARK-Milan"),
                Bytes.fromHex(Homemade.list().make() + "00"))) {
            assertThat(judged(bytes)).isEqualTo("REVOCATION_UNKNOWN");
        }
    }

    @Test
    void everyTruncatedListIsRefused() {
        for (int length = 0; length < MILAN_2025.length(); length++) {
            var cut = MILAN_2025.slice(0, length);
            assertThatThrownBy(() -> RevocationList.parse(cut)).isInstanceOf(CRLException.class);
        }
    }

    @Tag("sweep")
    @Test
    void aFlippedBitInAnyByteOfARealListIsNoticed() throws Exception {
        var root = ParsedCertificate.parse(Vectors.authority("ARK-Genoa"));
        for (int i = 0; i < GENOA_2024.length(); i++) {
            var changed = GENOA_2024.toArray();
            changed[i] ^= (byte) (1 << i % 8);
            boolean accepted;
            try {
                accepted = RevocationList.parse(Bytes.copyOf(changed)).signedBy(root);
            } catch (CRLException e) {
                accepted = false;
            }
            assertThat(accepted).as("byte %d", i).isFalse();
        }
    }

    /** The signature is remembered for one signer only. */
    @Test
    void aListRemembersWhoSignedIt() throws Exception {
        var list = RevocationList.parse(Homemade.list().make());
        var root = ParsedCertificate.parse(Homemade.root().make());
        var impostor = ParsedCertificate.parse(Homemade.root()
                .key(Homemade.OTHER_KEY.getPublic())
                .issuer(Homemade.ROOT, Homemade.OTHER_KEY)
                .make());
        assertThat(list.signedBy(impostor)).isFalse();
        assertThat(list.signedBy(root)).isTrue();
        assertThat(list.signedBy(impostor)).isFalse();
        assertThat(list.signedBy(root)).isTrue();
        assertThat(list.signedBy(
                        ParsedCertificate.parse(Homemade.vcek(Product.MILAN).make())))
                .isFalse();
    }

    @Test
    void whoAcceptsRevokedCertificatesSaysSo() {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        assertThat(outcome(
                        Judged.verifier(Homemade.pinned(Product.MILAN)),
                        Homemade.report(report),
                        Homemade.chain(Homemade.vcek(Product.MILAN).make()),
                        Judged.exactly(report).build()))
                .isEqualTo("trusted");
    }

    private static String real(Vector vector, Map<Product, Bytes> lists, String time) throws Exception {
        var verifier = new SnpVerifier(TrustAnchors.amd(), Revocation.lists(lists), Judged.at(time));
        var report = AttestationReport.parse(vector.report(), vector.product());
        return outcome(
                verifier,
                vector.report(),
                vector.certificates(),
                Judged.exactly(report).build());
    }

    private static String judged(ListMaker list) {
        return judged(list.make());
    }

    private static String judged(Bytes list) {
        var report = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
        var verifier = new SnpVerifier(
                Homemade.pinned(Product.MILAN), Revocation.lists(Map.of(Product.MILAN, list)), Judged.CLOCK);
        return outcome(
                verifier,
                Homemade.report(report),
                Homemade.chain(Homemade.vcek(Product.MILAN).make()),
                Judged.exactly(report).build());
    }
}
