package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A whole image that anyone can install: {@code OVMF.fd} of Debian's package ovmf 2022.11-6+deb12u2. The digests are
 * those of sev-snp-measure 0.0.13 for this file.
 */
class DebianOvmfTest {
    private static final Path IMAGE = Path.of(System.getProperty("husk.ovmf", "/usr/share/ovmf/OVMF.fd"));
    private static final String SHA256 = "7b456907dd0786d415999e801a1ac4637b8ed4d7cf5378cfc6edbe5e574dd773";
    private static final Vmm QEMU = Vmm.qemu(VcpuType.named("EPYC-v4").orElseThrow());

    private static Ovmf image() throws IOException, MalformedFirmwareException {
        if (!Files.exists(IMAGE)) {
            MeasurementVectors.skip(
                    "Debian's OVMF",
                    IMAGE + " is absent (package ovmf 2022.11-6+deb12u2; -Dhusk.ovmf= names another place)");
        }
        byte[] image = Files.readAllBytes(IMAGE);
        var sha256 = Bytes.copyOf(KernelHashes.sha256().digest(image)).toString();
        if (!sha256.equals(SHA256)) {
            MeasurementVectors.skip("Debian's OVMF", "%s has SHA-256 %s, not %s".formatted(IMAGE, sha256, SHA256));
        }
        return Ovmf.parse(Bytes.copyOf(image));
    }

    @Test
    void theDigestOfTheFirmwareAloneIsTheKnownOne() throws Exception {
        assertThat(SnpLaunch.firmwareDigest(image()))
                .hasToString("ba2c811512ef868474f239a21f7d7057d65a20de87a003c4f116e4fb1573183b"
                        + "fbcd75c3e99b2f558575a5d0094f73c6");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0x1,  11570979c77a0adb515761a702527c8b9e11554e730552621d950988613a3a75c6ff1703f540bd22a9beede8fe7a97e3",
        "1, 0x21, c32245cb607f82791b60757bf0b344d9030e5b5a107342e69c09e668ff28aca5af9ca1dc41ce74f5a4e81aeaeb5e7b54",
        "2, 0x1,  a5b54e62ae971b58274dd24cc6c47b842662617036e7bd67d7326c07ac6363f35399ef933330a5ea160cead90a00603f",
        "2, 0x21, 735869e96909943dd1bd046cf281aec588ae12c2c66ee6844e40e93d423722dbe535fd7dd7cb9a5f45a7adf8d6346c89",
        "4, 0x1,  32ac9d7a17d28f7cd4404a4516d2f00519668c40ada2062351c36767e908eb3f090d66c33ab10f80150e00a4385b6d0f",
    })
    void launchDigestsAreTheKnownOnes(int vcpus, String features, String digest) throws Exception {
        var image = image();
        var guestFeatures = new GuestFeatures(Long.decode(features));
        assertThat(SnpLaunch.of(image, QEMU).digest(vcpus, guestFeatures)).hasToString(digest);
        assertThat(SnpLaunch.of(image, SnpLaunch.firmwareDigest(image), QEMU).digest(vcpus, guestFeatures))
                .hasToString(digest);
    }

    @Test
    void itMeasuresNoKernelAndSaysSo() throws Exception {
        var image = image();
        assertThat(image.measuresKernel()).isFalse();
        var launch = SnpLaunch.of(image, QEMU)
                .withKernel(KernelHashes.of(
                        new ByteArrayInputStream(new byte[0]), InputStream.nullInputStream(), "console=hvc0"));
        var e = catchThrowableOfType(UnfitFirmwareException.class, () -> launch.digest(1, GuestFeatures.SNP_ACTIVE));
        assertThat(e.lack()).isEqualTo(UnfitFirmwareException.Lack.KERNEL_HASHES_SECTION);
    }
}
