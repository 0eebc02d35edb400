package dev.husk.snp;

import static dev.husk.snp.Judged.signature;
import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Homemade.Maker;
import dev.husk.snp.Homemade.Scheme;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates make a chain to a pinned root, and which do not. */
class CertificateChainTest {
    private static final TrustAnchors PINNED = Homemade.pinned(Product.MILAN);
    private static final Bytes LEAF = Homemade.vcek(Product.MILAN).make();
    private static final Bytes INTERMEDIATE = Homemade.intermediate().make();
    private static final Bytes ROOT = Homemade.root().make();
    private static final Bytes REPORT = Homemade.report(ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK));

    @Test
    void aLeafItsIntermediateAndItsRootAreAChain() {
        assertThat(outcome(LEAF, INTERMEDIATE, ROOT)).isEqualTo("signed");
    }

    @Test
    void theLeafIsFirstAndTheOthersInAnyOrder() {
        assertThat(outcome(LEAF, ROOT, INTERMEDIATE)).isEqualTo("signed");
        assertThat(outcome(INTERMEDIATE, LEAF, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
        assertThat(outcome(ROOT, INTERMEDIATE, LEAF)).isEqualTo("CERTIFICATE_UNUSABLE");
    }

    @Test
    void noneOfTheThreeMayBeMissing() {
        assertThat(outcome()).isEqualTo("CERTIFICATE_UNUSABLE");
        assertThat(outcome(LEAF)).isEqualTo("CHAIN_UNTRUSTED");
        assertThat(outcome(LEAF, ROOT)).isEqualTo("CHAIN_UNTRUSTED");
        assertThat(outcome(LEAF, INTERMEDIATE)).isEqualTo("CHAIN_UNTRUSTED");
        assertThat(outcome(INTERMEDIATE, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
    }

    @Test
    void sixteenCertificatesAreReadAndSeventeenAreNot() {
        var many = new ArrayList<>(List.of(LEAF, INTERMEDIATE, ROOT));
        many.addAll(Collections.nCopies(13, Vectors.authority("ARK-Genoa")));
        assertThat(outcome(many.toArray(Bytes[]::new))).isEqualTo("signed");
        many.add(INTERMEDIATE);
        assertThat(outcome(many.toArray(Bytes[]::new))).isEqualTo("CERTIFICATE_UNUSABLE");
    }

    @Test
    void junkAmongThemIsNotSkipped() {
        for (var junk : List.of(
                Bytes.fromHex(""),
                Bytes.fromHex("00"),
                Bytes.fromHex("3000"),
                Bytes.fromHex("30820400"),
                ReportEncoder.filled(1000, 0x30),
                Homemade.list().make())) {
            assertThat(outcome(LEAF, INTERMEDIATE, ROOT, junk)).isEqualTo("CERTIFICATE_UNUSABLE");
            assertThat(outcome(junk, LEAF, INTERMEDIATE, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
        }
    }

    @Test
    void noByteMayFollowACertificateOrBeMissing() {
        for (int i = 0; i < 3; i++) {
            var longer = new ArrayList<>(List.of(LEAF, INTERMEDIATE, ROOT));
            longer.set(i, Bytes.fromHex(longer.get(i) + "00"));
            assertThat(outcome(longer.toArray(Bytes[]::new))).isEqualTo("CERTIFICATE_UNUSABLE");
            var shorter = new ArrayList<>(List.of(LEAF, INTERMEDIATE, ROOT));
            shorter.set(i, shorter.get(i).slice(0, shorter.get(i).length() - 1));
            assertThat(outcome(shorter.toArray(Bytes[]::new))).isEqualTo("CERTIFICATE_UNUSABLE");
        }
    }

    @Test
    void everyTruncatedLeafIsUnusable() {
        for (int length = 0; length < LEAF.length(); length++) {
            assertThat(outcome(LEAF.slice(0, length), INTERMEDIATE, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
        }
    }

    /** Also where the root's certificate alone changes, though its key be the pinned one. */
    @Tag("sweep")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aFlippedBitInAnyByteOfAnyOfTheThreeBreaksTheChain(int which) {
        var chain = new ArrayList<>(List.of(LEAF, INTERMEDIATE, ROOT));
        var whole = chain.get(which).toArray();
        for (int i = 0; i < whole.length; i++) {
            var changed = whole.clone();
            changed[i] ^= (byte) (1 << i % 8);
            chain.set(which, Bytes.copyOf(changed));
            assertThat(outcome(chain.toArray(Bytes[]::new)))
                    .as("byte %d", i)
                    .isIn("CERTIFICATE_UNUSABLE", "CHAIN_UNTRUSTED");
        }
    }

    /** AMD's own ASK and ARK are known beside the broken ones, so the chain may hold in spite of those. */
    @Tag("sweep")
    @Test
    void aFlippedBitInAmdsCertificatesNeverHelps() {
        var vector = Vectors.milan();
        var verifier = Judged.verifier(TrustAnchors.amd());
        var other = Homemade.sign(vector.report().toArray(), Homemade.LEAF_KEY);
        var leaf = vector.leaf().orElseThrow();
        for (var name : List.of("SEV-Milan", "ARK-Milan")) {
            var whole = Vectors.authority(name).toArray();
            for (int i = 0; i < whole.length; i += 29) {
                var changed = whole.clone();
                changed[i] ^= (byte) (1 << i % 8);
                var certificates = List.of(leaf, Bytes.copyOf(changed));
                assertThat(signature(verifier, vector.report(), certificates)).isIn("signed", "CERTIFICATE_UNUSABLE");
                assertThat(signature(verifier, other, certificates)).isIn("SIGNATURE_INVALID", "CERTIFICATE_UNUSABLE");
            }
        }
    }

    @Tag("sweep")
    @Test
    void aFlippedBitInAnyByteOfARealLeafIsNoticed() {
        var vector = Vectors.milan();
        var verifier = Judged.verifier(TrustAnchors.amd());
        var leaf = vector.leaf().orElseThrow().toArray();
        for (int i = 0; i < leaf.length; i++) {
            var changed = leaf.clone();
            changed[i] ^= (byte) (1 << i % 8);
            assertThat(signature(verifier, vector.report(), List.of(Bytes.copyOf(changed))))
                    .as("byte %d", i)
                    .isIn("CERTIFICATE_UNUSABLE", "CHAIN_UNTRUSTED");
        }
    }

    @Test
    void aRootWithAmdsNameAndItsMakersKeyIsWorthNothing() throws Exception {
        var amd = ParsedCertificate.parse(Vectors.authority("ARK-Milan")).x509();
        var sev = ParsedCertificate.parse(Vectors.authority("SEV-Milan")).x509();
        var arkName = X500Name.getInstance(amd.getSubjectX500Principal().getEncoded());
        var sevName = X500Name.getInstance(sev.getSubjectX500Principal().getEncoded());
        var root = Homemade.root().subject(arkName).issuer(arkName, Homemade.ROOT_KEY);
        var intermediate = Homemade.intermediate().subject(sevName).issuer(arkName, Homemade.ROOT_KEY);
        var leaf = Homemade.vcek(Product.MILAN).issuer(sevName, Homemade.INTERMEDIATE_KEY);
        var verifier = Judged.verifier(TrustAnchors.amd());
        assertThat(signature(verifier, REPORT, List.of(leaf.make(), intermediate.make(), root.make())))
                .isEqualTo("CHAIN_UNTRUSTED");
        var underAmdsRoot = List.of(leaf.make(), intermediate.make(), Vectors.authority("ARK-Milan"));
        assertThat(signature(verifier, REPORT, underAmdsRoot)).isEqualTo("CHAIN_UNTRUSTED");
        var underAmdsBoth = List.of(leaf.make(), Vectors.authority("SEV-Milan"), Vectors.authority("ARK-Milan"));
        assertThat(signature(verifier, REPORT, underAmdsBoth)).isEqualTo("CHAIN_UNTRUSTED");
    }

    /** The right name and the right key in a certificate that the root did not sign. */
    @Test
    void aCertificateOfAKnownKeyThatTheRootDidNotSignIsWorthNothing() {
        var forged = Homemade.intermediate()
                .issuer(Homemade.ROOT, Homemade.OTHER_KEY)
                .make();
        assertThat(outcome(LEAF, forged, ROOT)).isEqualTo("CHAIN_UNTRUSTED");
        var forgedRoot =
                Homemade.root().issuer(Homemade.ROOT, Homemade.OTHER_KEY).make();
        assertThat(outcome(LEAF, INTERMEDIATE, forgedRoot)).isEqualTo("CHAIN_UNTRUSTED");
        assertThat(outcome(LEAF, forged, ROOT, INTERMEDIATE))
                .as("the genuine one as well")
                .isEqualTo("signed");
    }

    /** The pinned key under another name signs for that name alone. */
    @Test
    void namesMustMeet() {
        var elsewhere = new X500Name("CN=elsewhere");
        var leaf = Homemade.vcek(Product.MILAN).issuer(elsewhere, Homemade.INTERMEDIATE_KEY);
        assertThat(outcome(leaf.make(), INTERMEDIATE, ROOT)).isEqualTo("CHAIN_UNTRUSTED");
        var intermediate = Homemade.intermediate().issuer(elsewhere, Homemade.ROOT_KEY);
        assertThat(outcome(LEAF, intermediate.make(), ROOT)).isEqualTo("CHAIN_UNTRUSTED");
        var root = Homemade.root().issuer(elsewhere, Homemade.ROOT_KEY);
        assertThat(outcome(LEAF, INTERMEDIATE, root.make())).isEqualTo("CHAIN_UNTRUSTED");
    }

    @Test
    void aLeafOfAnotherKeysIntermediateIsNoLeaf() {
        var leaf = Homemade.vcek(Product.MILAN).issuer(Homemade.INTERMEDIATE, Homemade.OTHER_KEY);
        assertThat(outcome(leaf.make(), INTERMEDIATE, ROOT)).isEqualTo("CHAIN_UNTRUSTED");
    }

    /** A root signs intermediates; a leaf right under it is not a chain of three. */
    @Test
    void aLeafThatTheRootSignedIsRefused() {
        var leaf = Homemade.vcek(Product.MILAN).issuer(Homemade.ROOT, Homemade.ROOT_KEY);
        assertThat(outcome(leaf.make(), ROOT)).isEqualTo("CHAIN_UNTRUSTED");
    }

    @Test
    void aCertificateThatIsNoAuthoritySignsNothing() {
        var plain = Homemade.intermediate()
                .extension(Extension.basicConstraints, true, Homemade.encode(new BasicConstraints(false)));
        assertThat(outcome(LEAF, plain.make(), ROOT)).isEqualTo("CHAIN_UNTRUSTED");
        var unsaid = new Maker()
                .subject(Homemade.INTERMEDIATE)
                .key(Homemade.INTERMEDIATE_KEY.getPublic())
                .issuer(Homemade.ROOT, Homemade.ROOT_KEY);
        assertThat(outcome(LEAF, unsaid.make(), ROOT)).isEqualTo("CHAIN_UNTRUSTED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp521r1"})
    void aLeafKeyOnAnotherCurveIsUnusable(String curve) {
        var leaf = Homemade.vcek(Product.MILAN).key(Homemade.ec(curve).getPublic());
        assertThat(outcome(leaf.make(), INTERMEDIATE, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
    }

    @Test
    void anRsaLeafKeyIsUnusable() {
        var leaf = Homemade.vcek(Product.MILAN).key(Homemade.OTHER_KEY.getPublic());
        assertThat(outcome(leaf.make(), INTERMEDIATE, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
    }

    @Test
    void anUnknownCriticalExtensionMakesACertificateUnusable() {
        var odd = new ASN1ObjectIdentifier("1.2.3.4");
        assertThat(outcome(
                        Homemade.vcek(Product.MILAN)
                                .extension(odd, true, Homemade.encode(DERNull.INSTANCE))
                                .make(),
                        INTERMEDIATE,
                        ROOT))
                .isEqualTo("CERTIFICATE_UNUSABLE");
        assertThat(outcome(
                        Homemade.vcek(Product.MILAN)
                                .extension(odd, false, Homemade.encode(DERNull.INSTANCE))
                                .extension(
                                        Extension.keyUsage,
                                        true,
                                        Homemade.encode(new KeyUsage(KeyUsage.digitalSignature)))
                                .make(),
                        INTERMEDIATE,
                        ROOT))
                .isEqualTo("signed");
    }

    static Stream<Scheme> otherSchemes() {
        var pss = Homemade.PSS;
        var hash = Homemade.hash("SHA-384");
        var mask = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash);
        return Stream.of(
                Scheme.pss("SHA-256", "SHA-256", 32, 1),
                Scheme.pss("SHA-256", "SHA-384", 48, 1),
                Scheme.pss("SHA-512", "SHA-512", 64, 1),
                Scheme.pss("SHA-384", "SHA-256", 48, 1),
                Scheme.pss("SHA-384", "SHA-384", 32, 1),
                Scheme.pss("SHA-384", "SHA-384", 0, 1),
                // Signed as it must be, but saying something else, or the other way round.
                pss.saying(Scheme.pss("SHA-256", "SHA-256", 32, 1).says()),
                pss.saying(Scheme.pss("SHA-384", "SHA-384", 48, 2).says()),
                pss.saying(Scheme.pss("SHA-384", "SHA-384", 49, 1).says()),
                pss.saying(Scheme.pss("SHA-384", "SHA-512", 48, 1).says()),
                pss.saying(Scheme.pss("SHA-512", "SHA-384", 48, 1).says()),
                pss.saying(new AlgorithmIdentifier(PKCSObjectIdentifiers.sha384WithRSAEncryption, DERNull.INSTANCE)),
                pss.saying(new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_RSASSA_PSS,
                        new RSASSAPSSparams(
                                hash,
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP, hash),
                                new ASN1Integer(48),
                                new ASN1Integer(1)))),
                pss.saying(new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_RSASSA_PSS,
                        new RSASSAPSSparams(
                                hash,
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1),
                                new ASN1Integer(48),
                                new ASN1Integer(1)))),
                pss.saying(new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_RSASSA_PSS,
                        new RSASSAPSSparams(
                                hash, mask, new ASN1Integer(java.math.BigInteger.TWO.pow(70)), new ASN1Integer(1)))),
                pss.saying(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, new RSASSAPSSparams())),
                pss.saying(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS)),
                pss.saying(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, DERNull.INSTANCE)),
                new Scheme(pss.says(), "SHA384withRSA", pss.parameters()),
                Scheme.pss("SHA-384", "SHA-384", 32, 1).saying(pss.says()),
                Scheme.pss("SHA-256", "SHA-384", 48, 1).saying(pss.says()),
                Scheme.pss("SHA-384", "SHA-256", 48, 1).saying(pss.says()));
    }

    @ParameterizedTest
    @MethodSource("otherSchemes")
    void onlyOneWayToSignCounts(Scheme scheme) {
        var outcomes = List.of(
                outcome(Homemade.vcek(Product.MILAN).scheme(scheme).make(), INTERMEDIATE, ROOT),
                outcome(LEAF, Homemade.intermediate().scheme(scheme).make(), ROOT),
                outcome(LEAF, INTERMEDIATE, Homemade.root().scheme(scheme).make()));
        assertThat(outcomes).allMatch(o -> o.equals("CHAIN_UNTRUSTED") || o.equals("CERTIFICATE_UNUSABLE"));
    }

    /** RFC 5280 section 4.1.1.2: what is said beside the signature must be what is said under it. */
    @Test
    void theAlgorithmIsSaidTwiceAndTheSame() {
        var other = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384);
        var leaf = Homemade.vcek(Product.MILAN).sayingInside(other);
        assertThat(outcome(leaf.make(), INTERMEDIATE, ROOT)).isEqualTo("CERTIFICATE_UNUSABLE");
    }

    private static String outcome(Bytes... certificates) {
        return signature(Judged.verifier(PINNED), REPORT, List.of(certificates));
    }
}
