package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.List;

/** Any bytes for the value of one of AMD's extensions: what is read is in bounds and written as it was. */
class EndorsementFuzzTest {
    private static final List<String> EXTENSIONS = List.of("1", "2", "3.1", "3.2", "3.3", "3.8", "3.9", "4", "5");
    private static final Homemade.Scheme UNSIGNED =
            new Homemade.Scheme(Homemade.PSS.says(), "none", Homemade.PSS.parameters());

    @FuzzTest
    void whatIsReadIsInBounds(FuzzedDataProvider data) {
        var leaf = data.consumeBoolean() ? Homemade.vcek(Product.TURIN) : Homemade.vlek(Product.MILAN);
        var oid = data.pickValue(EXTENSIONS);
        var value = data.consumeRemainingAsBytes();
        Endorsement read;
        try {
            read = Endorsement.of(ParsedCertificate.parse(
                            leaf.amd(oid, value).scheme(UNSIGNED).make())
                    .x509());
        } catch (CertificateException e) {
            return;
        }
        assertThat(read.hardwareId().isPresent()).isNotEqualTo(read.provider().isPresent());
        read.hardwareId().ifPresent(id -> assertThat(id.length()).isIn(8, 64));
        assertThat(read.productName()).matches("[ -~]*");
        read.provider().ifPresent(name -> assertThat(name).matches("[ -~]*"));
        var said = Bytes.copyOf(value);
        switch (oid) {
            case "2" -> assertThat(said.slice(2, said.length() - 2)).isEqualTo(ascii(read.productName()));
            case "4" ->
                assertThat(said.toString())
                        .endsWith(read.hardwareId().orElseThrow().toString());
            case "5" ->
                assertThat(said.slice(2, said.length() - 2))
                        .isEqualTo(ascii(read.provider().orElseThrow()));
            default ->
                assertThat(said.at(said.length() - 1))
                        .isIn(
                                0,
                                1,
                                read.tcb().fmc(),
                                read.tcb().bootloader(),
                                read.tcb().tee(),
                                read.tcb().snp(),
                                read.tcb().microcode());
        }
    }

    private static Bytes ascii(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }
}
