package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images of {@link FirmwareImage} with every kind of section, several pages and vCPUs. The digests are those of
 * sev-snp-measure 0.0.13: {@code sev-snp-measure --mode snp --vmm-type QEMU --vcpus 1 --vcpu-type EPYC-Milan --ovmf
 * FILE --guest-features 0x8000000000000221} and so on.
 */
class BuiltImagesTest {
    private static final VcpuType MILAN = VcpuType.named("EPYC-Milan").orElseThrow();

    private static Vmm vmm(String name) {
        return switch (name) {
            case "qemu" -> Vmm.qemu(MILAN);
            case "ec2" -> Vmm.ec2();
            default -> Vmm.gce();
        };
    }

    @ParameterizedTest
    @CsvSource({
        "qemu, 1, 702b0d55f64f43e7674c5c6afc50c5035b92ae29ad72c1fef72d0fe04e3884ae8ca61031a8987d43bc419713d63f086b",
        "qemu, 3, 2a746d04776449542aa690fc770a70fa5d812937e4352cb249f2792e64a59fd4a41c1d9fb04a48057191c81a79c0bfe4",
        "ec2, 1, e020a825176af2894067e93b5994d38ae7afd6e6c5b65ec699b4ca5cb5585df9b24e0ab8aa1c1e792004b38df7a9ff65",
        "ec2, 3, 866be025261d9fb9f9af491cdb98f692daf7fabbedb128d75e5c4f69fe5ed1e47ecfbb23d7bfb22e8680782cfd77e799",
        "gce, 1, 2f079621754dd2ffd991b304b0369607836794b3f15fef19cfd06e9087830ede9c00b4eed2acf8a3fd888c07dc7c7f20",
        "gce, 3, f8a4eb43e8f97b79e12cf5fedeb0148b4fc5a1124f471e93463b74b58512578ddd4f991fad42ad8316b3a4d5f80ab486",
    })
    void withoutAKernelDigestsAreTheKnownOnes(String vmm, int vcpus, String digest) throws Exception {
        var launch = SnpLaunch.of(Ovmf.parse(FirmwareImage.ovmf().bytes()), vmm(vmm));
        assertThat(launch.digest(vcpus, new GuestFeatures(0x8000000000000221L))).hasToString(digest);
    }

    @ParameterizedTest
    @CsvSource({
        "qemu, 1, be8e63a2f43c16a88147756841d807b32dc39c476eeb202dc09ec9d5bb6c8eee7e74643dda14bbc9d7713341aecfa22a",
        "qemu, 3, 7dca4c5ec459bebb873bbd23f0b95e28c2e6ac802f2cbcfdf79bc796b7e4672d68154adf9d0342fffbc0db0e5d88259e",
        "ec2, 1, ff3e401b72bfb09accbe52fbc00329b87d1fd46b6fa55a6354d3f0e68e6bcd5ac872a59556fc122b52585af2bae8904f",
        "ec2, 3, 141fd9735deb7dfe2a6a28c8eaba7aa841cfcc878efb7960a716a1fbd1c974462ea87ad196aa547e44acf9faa67514df",
        "gce, 1, 9f48cd1bb76b9064515059642551b534584b4f7e5b300225d3a430f0468aec645c7ccb6feec43d5eaa5677518ebdf9e8",
        "gce, 3, 5053b268dd60dd8a060a447e83f3b75248500d8f5547b6d03edc4f37a82f34e884cda47d16ebe85e379ad8f8e42175c2",
    })
    void withAKernelDigestsAreTheKnownOnes(String vmm, int vcpus, String digest) throws Exception {
        try (var kernel = Files.newInputStream(MeasurementVectors.file("gen/k3.bin"));
                var initrd = Files.newInputStream(MeasurementVectors.file("gen/i1.bin"))) {
            var launch = SnpLaunch.of(Ovmf.parse(FirmwareImage.ovmf().bytes()), vmm(vmm))
                    .withKernel(KernelHashes.of(kernel, initrd, " gr\u00fc\u00dfe  "));
            assertThat(launch.digest(vcpus, GuestFeatures.SNP_ACTIVE)).hasToString(digest);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qemu, 1, d4933f8ca78bf0a9824bdaf3095d319825c0cecfddc180c7aa80e803986608c1",
        "qemu, 3, 6bf6e7d1e14cf33e1f2f15c6737bc8f6613beca135591f6f007541bceee2fc47",
        "ec2, 1, 4bc4892e9df91fb4b61f3df3ecd1f1209217de56973a565db1a345e43bc35580",
        "ec2, 3, 1ffa8e1af877f020940970e4a52e09c11816ac56d3cd7664db776ebde29d1c01",
        "gce, 1, a606621ed46b24e458e45be2cef1925e1bb78bea3108da9ad1db2caacc0ae386",
        "gce, 3, fa3a61526d547acaa3abb9e6f906cbb42305242ed668f3136780f2d25484c546",
    })
    void withSevEsDigestsAreTheKnownOnes(String vmm, int vcpus, String digest) throws Exception {
        try (var kernel = Files.newInputStream(MeasurementVectors.file("gen/k2.bin"))) {
            var launch = SevLaunch.of(Ovmf.parse(FirmwareImage.ovmf().bytes()))
                    .withKernel(KernelHashes.of(kernel, InputStream.nullInputStream(), ""));
            assertThat(launch.esDigest(vcpus, vmm(vmm))).hasToString(digest);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, f18f7c887c4eb643185bc92170911a17c2808b70d958c954e7ad70180a6a62fc44308ad3cd0dd2acf20d74c0136e0f35",
        "3, f09ee5e20d3ce96c96af445b7278fe5d8908d208e98d91aecba535dbf0b1e1998b00a15f2495c45dba5542f87e5e931e",
    })
    void underAnSvsmDigestsAreTheKnownOnes(int vcpus, String digest) throws Exception {
        var launch = SvsmLaunch.of(
                Ovmf.parse(FirmwareImage.ovmf().bytes()),
                Svsm.parse(FirmwareImage.svsm().bytes()),
                8192);
        assertThat(launch.digest(vcpus, VcpuType.named("EPYC-Genoa").orElseThrow()))
                .hasToString(digest);
    }

    @Test
    void theDigestOfTheFirmwareAloneIsTheKnownOne() throws Exception {
        assertThat(SnpLaunch.firmwareDigest(Ovmf.parse(FirmwareImage.ovmf().bytes())))
                .hasToString("fd3191e4bd1bb23ce1d682d77e378a7c90a19588228056cb2a2e5948a78b0f9c"
                        + "e23d9afde9635954e8f8a1925bad4bff");
    }
}
