package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateException;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AMD's extensions of VCEK and VLEK certificates (AMD 57230), as AMD writes them and as nobody may. */
class EndorsementTest {
    private static final Bytes CHIP = Bytes.fromHex("c1".repeat(64));

    @Test
    void aVcekNamesItsChipAndFirmware() throws Exception {
        var read = read(Homemade.vcek(Product.MILAN));
        assertThat(read.productName()).isEqualTo("Milan");
        assertThat(read.tcb()).isEqualTo(new TcbVersion(0, 4, 5, 6, 7));
        assertThat(read.hardwareId()).contains(CHIP);
        assertThat(read.provider()).isEmpty();
    }

    @Test
    void aVlekNamesItsCloud() throws Exception {
        var read = read(Homemade.vlek(Product.GENOA));
        assertThat(read.hardwareId()).isEmpty();
        assertThat(read.provider()).contains("CN=cloud.example");
    }

    @Test
    void aTurinsHasTheVersionOfItsFmcAndAShortChipId() throws Exception {
        var read = read(Homemade.vcek(Product.TURIN));
        assertThat(read.tcb().fmc()).isEqualTo(1);
        assertThat(read.hardwareId()).contains(Bytes.fromHex("c1".repeat(8)));
    }

    @Test
    void theChipIsTheSameRawAndWrapped() throws Exception {
        var wrapped = Homemade.vcek(Product.MILAN).amd("4", new DEROctetString(CHIP.toArray()));
        assertThat(read(wrapped).hardwareId()).contains(CHIP);
        var eight = Homemade.vcek(Product.TURIN)
                .amd("4", new DEROctetString(Bytes.fromHex("c1".repeat(8)).toArray()));
        assertThat(read(eight).hardwareId()).contains(Bytes.fromHex("c1".repeat(8)));
    }

    @Test
    void everyRealCertificateIsRead() throws Exception {
        for (var vector : Vectors.certified()) {
            var read = Endorsement.of(
                    ParsedCertificate.parse(vector.leaf().orElseThrow()).x509());
            var report = AttestationReport.parse(vector.report(), vector.product());
            assertThat(read.provider().isPresent())
                    .as("%s", vector)
                    .isEqualTo(report.signingKey() == AttestationReport.SigningKey.VLEK);
            assertThat(vector.product().isNamed(read.productName())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "3.1", "3.2", "3.3", "3.8"})
    void noExtensionMayBeMissing(String oid) {
        unreadable(Homemade.vcek(Product.MILAN).without(oid), "no extension 1.3.6.1.4.1.3704.1." + oid);
    }

    @Test
    void exactlyOneOfChipAndCloudIsNamed() {
        unreadable(Homemade.vcek(Product.MILAN).without("4"), "not exactly one of chip");
        unreadable(Homemade.vcek(Product.MILAN).amd("5", new DERIA5String("CN=x")), "not exactly one of chip");
    }

    @Test
    void onlyStructuresThatAreKnownAreRead() throws Exception {
        assertThat(read(Homemade.vcek(Product.MILAN).amd("1", new ASN1Integer(0)))
                        .productName())
                .isEqualTo("Milan");
        unreadable(Homemade.vcek(Product.MILAN).amd("1", new ASN1Integer(2)), "unknown version of extensions, 2");
    }

    @ParameterizedTest
    @CsvSource({"020100, 0", "02017f, 127", "02020080, 128", "020200ff, 255"})
    void aFirmwareVersionIsAByte(String der, int value) throws Exception {
        for (var oid : List.of("3.1", "3.2", "3.3", "3.8", "3.9")) {
            var tcb = read(Homemade.vcek(Product.TURIN).amd(oid, hex(der))).tcb();
            assertThat(
                            switch (oid) {
                                case "3.1" -> tcb.bootloader();
                                case "3.2" -> tcb.tee();
                                case "3.3" -> tcb.snp();
                                case "3.8" -> tcb.microcode();
                                default -> tcb.fmc();
                            })
                    .as(oid)
                    .isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "02",
                "0200",
                "0201",
                "020180",
                "0201ff",
                "0202007f",
                "02020000",
                "02020100",
                "02020180",
                "0203000080",
                "030101",
                "0301ff",
                "02820001",
                "020101ff",
                "0202",
                "02030001ff",
                "03020080"
            })
    void otherNumbersAreUnreadable(String der) {
        for (var oid : List.of("1", "3.1", "3.2", "3.3", "3.8", "3.9")) {
            unreadable(Homemade.vcek(Product.TURIN).amd(oid, hex(der)), oid + " is no integer from 0 to 255");
        }
    }

    @Test
    void anEmptyValueIsUnreadable() {
        for (var oid : List.of("1", "2", "3.1", "3.2", "3.3", "3.8", "3.9", "4")) {
            assertThatThrownBy(() -> read(Homemade.vcek(Product.TURIN).amd(oid, new byte[0])))
                    .as(oid)
                    .isInstanceOf(CertificateException.class);
        }
    }

    @Test
    void aNameIsPlainText() throws Exception {
        assertThat(read(Homemade.vcek(Product.MILAN).amd("2", new DERUTF8String("Milan-B0")))
                        .productName())
                .isEqualTo("Milan-B0");
        assertThat(read(Homemade.vcek(Product.MILAN).amd("2", hex("160420217e7d")))
                        .productName())
                .isEqualTo(" !~}");
        assertThat(read(Homemade.vcek(Product.MILAN).amd("2", new DERIA5String("x".repeat(125))))
                        .productName())
                .hasSize(125);
        for (var wrong : List.of("1604201f2020", "16042020207f", "0c02c3a9", "160100")) {
            unreadable(Homemade.vcek(Product.MILAN).amd("2", hex(wrong)), "is no plain text");
        }
        for (var wrong : List.of("16", "1605414243", "160341424344", "0403414243", "1681034142")) {
            unreadable(Homemade.vcek(Product.MILAN).amd("2", hex(wrong)), "is no text");
        }
        unreadable(Homemade.vcek(Product.MILAN).amd("2", new DERPrintableString("Milan")), "is no text");
        unreadable(Homemade.vlek(Product.MILAN).amd("5", new DERPrintableString("CN=x")), "is no text");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 9, 10, 63, 65, 66, 127})
    void aChipIdHas64BytesOr8(int length) {
        var id = "aa".repeat(length);
        unreadable(Homemade.vcek(Product.MILAN).amd("4", hex(id)), "a hardware id of %d bytes".formatted(length));
    }

    @Test
    void aWrappedChipIdSaysItsOwnLength() {
        unreadable(Homemade.vcek(Product.MILAN).amd("4", hex("0441" + "aa".repeat(64))), "66 bytes");
        unreadable(Homemade.vcek(Product.MILAN).amd("4", hex("0540" + "aa".repeat(64))), "66 bytes");
        unreadable(Homemade.vcek(Product.MILAN).amd("4", hex("0409" + "aa".repeat(8))), "10 bytes");
    }

    @Test
    void aValueOf128BytesOrMoreIsMalformed() {
        unreadable(Homemade.vcek(Product.MILAN).amd("4", new byte[128]), "1.3.6.1.4.1.3704.1.4 is malformed");
        unreadable(Homemade.vcek(Product.MILAN).amd("2", new byte[300]), "1.3.6.1.4.1.3704.1.2 is malformed");
    }

    private static byte[] hex(String text) {
        return Bytes.fromHex(text).toArray();
    }

    private static Endorsement read(Homemade.Maker leaf) throws CertificateException {
        return Endorsement.of(ParsedCertificate.parse(leaf.make()).x509());
    }

    private static void unreadable(Homemade.Maker leaf, String problem) {
        assertThatThrownBy(() -> read(leaf))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(problem);
    }
}
