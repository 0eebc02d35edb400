package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.kds.CollateralException.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Addresses, file names, and what is taken for the thing that was asked for. */
class CollateralTest {
    private static final Bytes CHIP = Bytes.fromHex("ab".repeat(64));
    private static final TcbVersion TCB = new TcbVersion(0, 4, 0, 24, 219);

    @Test
    void theAddressesAreThoseOfAmd() {
        assertThat(Collateral.vcek(Product.MILAN, CHIP, TCB).address())
                .isEqualTo("vcek/v1/Milan/" + "ab".repeat(64) + "?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219");
        assertThat(Collateral.chain(Product.GENOA, SigningKey.VCEK).address()).isEqualTo("vcek/v1/Genoa/cert_chain");
        assertThat(Collateral.chain(Product.GENOA, SigningKey.VLEK).address()).isEqualTo("vlek/v1/Genoa/cert_chain");
        assertThat(Collateral.revocationList(Product.TURIN).address()).isEqualTo("vcek/v1/Turin/crl");
        assertThat(Collateral.vlek(Product.MILAN, TCB).address())
                .isEqualTo("vlek/v1/Milan/cert?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219");
    }

    @Test
    void turinIsAskedForByEightBytesAndTheVersionOfItsFmcFirst() throws Exception {
        assertThat(Vectors.turin().wanted().address())
                .isEqualTo("vcek/v1/Turin/59790fb1c39f35c1?fmcSPL=01&blSPL=01&teeSPL=01&snpSPL=04&ucodeSPL=81");
        var eight = Vectors.turin().report().chipId().slice(0, 8);
        assertThat(Collateral.vcek(
                        Product.TURIN, eight, Vectors.turin().report().reportedTcb()))
                .isEqualTo(Vectors.turin().wanted());
    }

    @Test
    void theFilesAreThoseThatTrusteeReads() throws Exception {
        assertThat(Collateral.vcek(Product.MILAN, CHIP, TCB).files())
                .containsExactly(
                        "vcek/" + "ab".repeat(64) + "/bl04_tee00_snp24_ucode219_vcek.der",
                        "vcek/" + "ab".repeat(64) + "/vcek.der");
        assertThat(Vectors.turin().wanted().file())
                .isEqualTo("vcek/59790fb1c39f35c1/bl01_tee01_snp04_ucode81_fmc01_vcek.der");
        assertThat(Collateral.revocationList(Product.MILAN).file()).isEqualTo("Milan.crl");
        assertThat(Collateral.chain(Product.MILAN, SigningKey.VCEK).file()).isEqualTo("Milan/cert_chain.pem");
        assertThat(Collateral.chain(Product.MILAN, SigningKey.VLEK).file()).isEqualTo("Milan/vlek_cert_chain.pem");
        assertThat(Collateral.vlek(Product.MILAN, TCB).file())
                .isEqualTo("vlek/Milan/bl04_tee00_snp24_ucode219_vlek.der");
    }

    @Test
    void noChipIsNobodysChip() throws Exception {
        assertThatThrownBy(() -> Collateral.vcek(Product.MILAN, Bytes.copyOf(new byte[64]), TCB))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("masked");
        for (int length : new int[] {1, 8, 63, 65}) {
            var id = Bytes.fromHex("01".repeat(length));
            assertThatThrownBy(() -> Collateral.vcek(Product.MILAN, id, TCB))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Collateral.vcek(Product.TURIN, CHIP, TCB))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 bytes");
        assertThatThrownBy(() -> Collateral.vcek(Product.MILAN, CHIP, new TcbVersion(1, 4, 0, 24, 219)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FMC");
    }

    @Test
    void aReportWithAMaskedChipIdNamesNothingThatCouldBeAskedFor() throws Exception {
        byte[] report = Vectors.milan().encoded().toArray();
        Arrays.fill(report, 0x1A0, 0x1E0, (byte) 0);
        var masked = dev.husk.snp.AttestationReport.parse(Bytes.copyOf(report), Product.MILAN);
        var e = catchThrowableOfType(CollateralException.class, () -> Collateral.endorsing(masked));
        assertThat(e.problem()).isEqualTo(Problem.ABSENT);
        assertThat(e).hasMessageContaining("masked");
    }

    @Test
    void everyRealVcekIsWhatItsReportAsksForAndNoOther() throws Exception {
        for (var chip : Vectors.chips()) {
            var contents = chip.wanted().read(chip.certificate());
            assertThat(contents.der()).containsExactly(chip.certificate());
            assertThat(contents.file()).isEqualTo(chip.certificate());
            assertThat(contents.from()).isBefore(contents.until());
            var other = chip.report().chipId().equals(Vectors.milan().report().chipId())
                    ? Vectors.otherMilan()
                    : Vectors.milan();
            refuses(other.wanted(), chip.certificate());
        }
    }

    @Test
    void aCertificateForAnyOtherVersionOfTheFirmwareIsNotTheOne() throws Exception {
        var chip = Vectors.turin();
        var tcb = chip.report().reportedTcb();
        for (var other : new TcbVersion[] {
            new TcbVersion(tcb.fmc() + 1, tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode()),
            new TcbVersion(tcb.fmc(), tcb.bootloader() + 1, tcb.tee(), tcb.snp(), tcb.microcode()),
            new TcbVersion(tcb.fmc(), tcb.bootloader(), tcb.tee() + 1, tcb.snp(), tcb.microcode()),
            new TcbVersion(tcb.fmc(), tcb.bootloader(), tcb.tee(), tcb.snp() + 1, tcb.microcode()),
            new TcbVersion(tcb.fmc(), tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode() + 1)
        }) {
            assertThatThrownBy(
                            () -> Collateral.vcek(Product.TURIN, chip.report().chipId(), other)
                                    .read(chip.certificate()))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("a certificate for TCB " + tcb);
        }
    }

    @Test
    void aVcekUnderTheIssuerOfAnotherProductIsNotTheOne() throws Exception {
        var chip = Vectors.milan();
        refuses(
                Collateral.vcek(
                        Product.GENOA, chip.report().chipId(), chip.report().reportedTcb()),
                chip.certificate());
    }

    @Test
    void aRealVlekIsKnownByItsCloudAndAVcekIsNone() throws Exception {
        var wanted = Collateral.endorsing(Vectors.vlekReport());
        assertThat(wanted.kind()).isEqualTo(Collateral.Kind.VLEK);
        assertThat(wanted.read(Vectors.vlek()).der()).containsExactly(Vectors.vlek());
        refuses(wanted, Vectors.milan().certificate());
        refuses(Vectors.milan().wanted(), Vectors.vlek());
    }

    @Test
    void theChainsOfAllProductsAreReadAndWrittenAsAmdWritesThem() throws Exception {
        for (var product : Product.values()) {
            for (var key : SigningKey.values()) {
                var pem = Vectors.pem(product, key == SigningKey.VLEK);
                var contents = Collateral.chain(product, key).read(pem);
                assertThat(contents.der()).isEqualTo(Vectors.chain(product, key == SigningKey.VLEK));
                assertThat(contents.file()).isEqualTo(pem);
            }
        }
    }

    @Test
    void chainsThatAreNotTheOneAreRefused() throws Exception {
        var wanted = Collateral.chain(Product.MILAN, SigningKey.VCEK);
        var ask = Vectors.read("amd-ca/SEV-Milan.pem");
        var ark = Vectors.read("amd-ca/ARK-Milan.pem");
        refuses(wanted, Vectors.pem(Product.GENOA, false));
        refuses(wanted, Vectors.pem(Product.MILAN, true));
        refuses(wanted, ask);
        refuses(wanted, Vectors.join(ark, ask));
        refuses(wanted, Vectors.join(ask, ask));
        refuses(wanted, Vectors.join(ask, Vectors.read("amd-ca/ARK-Genoa.pem")));
        refuses(wanted, Vectors.join(Vectors.pem(Product.MILAN, false), ark));
        refuses(wanted, Vectors.join(Bytes.copyOf("hello\n".getBytes()), Vectors.pem(Product.MILAN, false)));
        // A copy of the ASK with one wrong bit, which somebody published.
        assertThatThrownBy(() -> wanted.read(Vectors.join(Vectors.read("amd-ca/SEV-Milan-alt1.pem"), ark)))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("did not sign each other");
    }

    @Test
    void realRevocationListsAreReadWithTheirTimes() throws Exception {
        var contents = Collateral.revocationList(Product.MILAN).read(Vectors.milanList());
        assertThat(contents.from()).isEqualTo("2025-05-06T12:39:06Z");
        assertThat(contents.until()).isEqualTo("2026-05-12T00:00:00Z");
        refuses(Collateral.revocationList(Product.GENOA), Vectors.milanList());
        refuses(Collateral.revocationList(Product.MILAN), Vectors.milan().certificate());
    }

    @Test
    void noTruncationAndNoLongerFormIsTheThing() throws Exception {
        var chip = Vectors.milan();
        everyTruncation(chip.wanted(), chip.certificate());
        everyTruncation(Collateral.revocationList(Product.MILAN), Vectors.milanList());
        var pem = Vectors.pem(Product.MILAN, false);
        // Without its last line break it is still whole.
        everyTruncation(Collateral.chain(Product.MILAN, SigningKey.VCEK), pem.slice(0, pem.length() - 1));
        refuses(chip.wanted(), Vectors.join(chip.certificate(), Bytes.copyOf(new byte[1])));
        refuses(Collateral.revocationList(Product.MILAN), Vectors.join(Vectors.milanList(), Bytes.copyOf(new byte[1])));
        refuses(chip.wanted(), Bytes.copyOf(new byte[1 << 20]));
    }

    @Test
    void whateverBytesAreReadNothingButTheRefusalComesOut() throws Exception {
        var random = new Random(20250506);
        var wanted = new Collateral[] {
            Vectors.milan().wanted(),
            Collateral.endorsing(Vectors.vlekReport()),
            Collateral.chain(Product.MILAN, SigningKey.VCEK),
            Collateral.revocationList(Product.MILAN)
        };
        var seeds = new Bytes[] {
            Vectors.milan().certificate(), Vectors.vlek(), Vectors.pem(Product.MILAN, false), Vectors.milanList()
        };
        int refused = 0;
        for (int round = 0; round < 4000; round++) {
            byte[] bytes = seeds[round % 4].toArray();
            for (int flips = 0; flips <= round % 3; flips++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(wanted[round % 4].read(Bytes.copyOf(bytes)).der()).isNotEmpty();
            } catch (MismatchException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
        for (int round = 0; round < 1000; round++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            refuses(wanted[round % 4], Bytes.copyOf(bytes));
        }
    }

    @Test
    void whateverStructureIsReadNothingButTheRefusalComesOut() throws Exception {
        var mutation = new DerMutation(1);
        var chain = Vectors.chain(Product.MILAN, false);
        int refused = 0;
        int rounds = 6000;
        for (int round = 0; round < rounds; round++) {
            try {
                switch (round % 4) {
                    case 0 ->
                        Vectors.milan()
                                .wanted()
                                .read(mutation.of(Vectors.milan().certificate()));
                    case 1 ->
                        Collateral.revocationList(Product.GENOA)
                                .read(mutation.of(Vectors.read("amd-ca/crl/ARK-Genoa-2024-10-23.crl")));
                    case 2 ->
                        Collateral.chain(Product.MILAN, SigningKey.VCEK)
                                .read(Pem.encode(List.of(mutation.of(chain.get(0)), chain.get(1))));
                    default ->
                        Collateral.chain(Product.MILAN, SigningKey.VCEK)
                                .read(Pem.encode(List.of(chain.get(0), mutation.of(chain.get(1)))));
                }
            } catch (MismatchException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(rounds / 2);
    }

    @Test
    void nestingWithoutEndIsRefused() {
        byte[] definite = new byte[16 << 10];
        for (int i = 0; i + 4 <= definite.length; i += 4) {
            int rest = definite.length - i - 4;
            definite[i] = 0x30;
            definite[i + 1] = (byte) 0x82;
            definite[i + 2] = (byte) (rest >>> 8);
            definite[i + 3] = (byte) rest;
        }
        byte[] indefinite = new byte[1 << 20];
        for (int i = 0; i < indefinite.length; i += 2) {
            indefinite[i] = 0x30;
            indefinite[i + 1] = (byte) 0x80;
        }
        refuses(Collateral.vcek(Product.MILAN, CHIP, TCB), Bytes.copyOf(definite));
        refuses(Collateral.revocationList(Product.MILAN), Bytes.copyOf(definite));
        refuses(Collateral.revocationList(Product.MILAN), Bytes.copyOf(indefinite));
    }

    private static void everyTruncation(Collateral wanted, Bytes whole) {
        for (int length = 0; length < whole.length(); length++) {
            refuses(wanted, whole.slice(0, length));
        }
    }

    private static void refuses(Collateral wanted, Bytes content) {
        assertThatThrownBy(() -> wanted.read(content)).isInstanceOf(MismatchException.class);
    }
}
