package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for what a server answers: it is what was asked for, or not, and nothing but that comes out. */
class CollateralFuzzTest {

    static Stream<byte[]> seeds() throws Exception {
        return Stream.of(
                Vectors.read("reports/00d244d8d4/vcek.der").toArray(),
                Vectors.vlek().toArray(),
                Vectors.pem(Product.MILAN, false).toArray(),
                Vectors.pem(Product.MILAN, true).toArray(),
                Vectors.milanList().toArray(),
                new byte[0]);
    }

    @MethodSource("seeds")
    @FuzzTest
    void anAnswerIsWhatWasAskedForOrRefused(byte[] bytes) throws Exception {
        for (var wanted : List.of(
                Collateral.endorsing(Vectors.vlekReport()),
                Collateral.chain(Product.MILAN, SigningKey.VCEK),
                Collateral.chain(Product.MILAN, SigningKey.VLEK),
                Collateral.revocationList(Product.MILAN))) {
            try {
                assertThat(wanted.read(Bytes.copyOf(bytes)).der()).isNotEmpty();
            } catch (MismatchException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
