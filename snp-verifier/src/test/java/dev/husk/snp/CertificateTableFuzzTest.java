package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for a host's certificate table: what it names lies in it, and nothing but the checked exception comes out. */
class CertificateTableFuzzTest {

    static Stream<byte[]> seeds() {
        byte[] usual = CertificateTableTest.usual();
        return Stream.of(usual, Arrays.copyOf(usual, 24), new byte[24], new byte[0]);
    }

    @MethodSource("seeds")
    @FuzzTest
    void everyCertificateIsAPieceOfTheTable(byte[] bytes) {
        try {
            var table = CertificateTable.parse(Bytes.copyOf(bytes));
            int named = table.certificates().values().stream()
                    .mapToInt(Bytes::length)
                    .sum();
            assertThat(named).isLessThanOrEqualTo(bytes.length);
        } catch (MalformedCertificateTableException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
    }
}
