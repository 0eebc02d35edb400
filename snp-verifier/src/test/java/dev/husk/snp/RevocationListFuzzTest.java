package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for a revocation list: only AMD's own lists are signed by AMD. */
class RevocationListFuzzTest {
    private static final Set<Bytes> GENUINE = Set.of(
            Vectors.revocationList("ARK-Milan-2023-05-09"),
            Vectors.revocationList("ARK-Milan-2025-05-06"),
            Vectors.revocationList("ARK-Genoa-2024-10-23"));
    private static final List<ParsedCertificate> ROOTS = Stream.of("ARK-Milan", "ARK-Genoa", "ARK-Turin")
            .map(Vectors::authority)
            .map(RevocationListFuzzTest::parsed)
            .toList();

    static Stream<byte[]> seeds() {
        return Stream.concat(
                GENUINE.stream().map(Bytes::toArray),
                Stream.of(
                        Homemade.list().revoking(2).make().toArray(),
                        Homemade.list().endless().make().toArray(),
                        new byte[] {0x30, 0}));
    }

    @MethodSource("seeds")
    @FuzzTest
    void onlyAmdsListsAreSignedByAmd(byte[] bytes) {
        try {
            var der = Bytes.copyOf(bytes);
            var list = RevocationList.parse(der);
            list.revokes(BigInteger.TWO);
            list.currentAt(list.until());
            for (var root : ROOTS) {
                assertThat(!list.signedBy(root) || GENUINE.contains(der)).isTrue();
            }
        } catch (CRLException e) {
            assertThat(GENUINE).doesNotContain(Bytes.copyOf(bytes));
        }
    }

    private static ParsedCertificate parsed(Bytes der) {
        try {
            return ParsedCertificate.parse(der);
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
    }
}
