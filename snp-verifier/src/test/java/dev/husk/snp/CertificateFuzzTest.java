package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for a certificate, as the leaf and beside a genuine leaf: only genuine ones make a chain. */
class CertificateFuzzTest {
    private static final Bytes REPORT = Vectors.milan().report();
    private static final Bytes LEAF = Vectors.milan().leaf().orElseThrow();
    private static final Set<Bytes> LEAVES = Vectors.certified().stream()
            .map(vector -> vector.leaf().orElseThrow())
            .collect(Collectors.toSet());

    static Stream<byte[]> seeds() {
        return Stream.concat(
                        Stream.of(
                                LEAF,
                                Vectors.turin().leaf().orElseThrow(),
                                Vectors.vlek().leaf().orElseThrow(),
                                Homemade.vcek(Product.MILAN).make(),
                                Homemade.list().make()),
                        Vectors.authorities().stream())
                .map(Bytes::toArray);
    }

    @MethodSource("seeds")
    @FuzzTest
    void onlyGenuineCertificatesMakeAChain(byte[] bytes) {
        var certificate = Bytes.copyOf(bytes);
        var verifier = Judged.verifier(TrustAnchors.amd());
        var alone = Judged.signature(verifier, REPORT, List.of(certificate));
        if (alone.equals("signed")) {
            assertThat(certificate).isEqualTo(LEAF);
        } else if (alone.equals("SIGNATURE_INVALID")) {
            assertThat(LEAVES).contains(certificate);
        }
        assertThat(Judged.signature(verifier, REPORT, List.of(LEAF, certificate)))
                .isIn("signed", "CERTIFICATE_UNUSABLE");
    }
}
