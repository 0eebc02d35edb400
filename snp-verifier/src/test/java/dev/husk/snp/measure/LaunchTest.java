package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.Bytes;
import dev.husk.snp.measure.UnfitFirmwareException.Lack;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What digests depend on, and what cannot be measured. */
class LaunchTest {
    private static final VcpuType TYPE = VcpuType.named("EPYC-v4").orElseThrow();
    private static final Vmm QEMU = Vmm.qemu(TYPE);
    private static final GuestFeatures FEATURES = GuestFeatures.SNP_ACTIVE;

    private static Ovmf firmware() throws MalformedFirmwareException {
        return parse(FirmwareImage.ovmf());
    }

    private static Ovmf parse(FirmwareImage image) throws MalformedFirmwareException {
        return Ovmf.parse(image.bytes());
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KernelHashes kernel() throws IOException {
        return kernel("kernel", "initrd", "quiet");
    }

    private static KernelHashes kernel(String kernel, String initrd, String commandLine) throws IOException {
        return KernelHashes.of(bytes(kernel), bytes(initrd), commandLine);
    }

    private static Lack lack(SnpLaunch launch, int vcpus) {
        return catchThrowableOfType(UnfitFirmwareException.class, () -> launch.digest(vcpus, FEATURES))
                .lack();
    }

    @Test
    void everyInputChangesTheDigest() throws Exception {
        var seen = new HashSet<Bytes>();
        var launch = SnpLaunch.of(firmware(), QEMU);
        for (int vcpus = 1; vcpus <= 8; vcpus++) {
            for (long features : new long[] {0x1, 0x21, 1L << 63}) {
                assertThat(seen.add(launch.digest(vcpus, new GuestFeatures(features))))
                        .isTrue();
            }
        }
        for (var vmm : List.of(Vmm.ec2(), Vmm.ec2RdxZero(), Vmm.gce(), Vmm.qemu(VcpuType.of(25, 17, 0)))) {
            assertThat(seen.add(SnpLaunch.of(firmware(), vmm).digest(2, FEATURES)))
                    .as("%s", vmm)
                    .isTrue();
        }
        for (var hashes : List.of(
                kernel(),
                kernel("kernel2", "initrd", "quiet"),
                kernel("kernel", "initrd2", "quiet"),
                kernel("kernel", "initrd", "quiet "),
                kernel("kernel", "initrd", ""))) {
            assertThat(seen.add(launch.withKernel(hashes).digest(2, FEATURES))).isTrue();
        }
    }

    @Test
    void anyChangedByteOfTheFirmwareChangesTheDigest() throws Exception {
        var random = new Random(3);
        var seen = new HashSet<Bytes>();
        seen.add(SnpLaunch.of(firmware(), QEMU).digest(1, FEATURES));
        for (int i = 0; i < 200; i++) {
            byte[] image = FirmwareImage.ovmf().array();
            image[random.nextInt(image.length - 4096)] ^= (byte) (i + 1);
            var changed = Ovmf.parse(Bytes.copyOf(image));
            assertThat(seen.add(SnpLaunch.of(changed, QEMU).digest(1, FEATURES)))
                    .isTrue();
        }
    }

    @Test
    void theFirmwaresDigestStandsForItsPages() throws Exception {
        var whole = SnpLaunch.of(firmware(), QEMU).withKernel(kernel());
        byte[] other = FirmwareImage.ovmf().array();
        other[0] ^= 1;
        var layout = Ovmf.parse(Bytes.copyOf(other));
        var stood =
                SnpLaunch.of(layout, SnpLaunch.firmwareDigest(firmware()), QEMU).withKernel(kernel());
        assertThat(stood.digest(3, FEATURES)).isEqualTo(whole.digest(3, FEATURES));
        assertThat(SnpLaunch.of(layout, QEMU).withKernel(kernel()).digest(3, FEATURES))
                .isNotEqualTo(whole.digest(3, FEATURES));
        assertThatThrownBy(() -> SnpLaunch.of(layout, Bytes.copyOf(new byte[47]), QEMU))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLaunchCanBeAskedAgainAndInAnyOrder() throws Exception {
        var launch = SnpLaunch.of(firmware(), QEMU);
        var first = launch.digest(4, FEATURES);
        launch.digest(2, FEATURES);
        launch.withKernel(kernel()).digest(4, FEATURES);
        assertThat(launch.digest(4, FEATURES)).isEqualTo(first);
    }

    @Test
    void firmwareWithoutMetadataStartsNoSnpGuest() throws Exception {
        var bare = parse(FirmwareImage.ovmf().withoutSections());
        assertThat(lack(SnpLaunch.of(bare, QEMU), 1)).isEqualTo(Lack.SNP_METADATA);
        assertThat(SevLaunch.of(bare).digest().length()).isEqualTo(32);
    }

    @Test
    void aKernelThatNothingWouldBindIsRefused() throws Exception {
        var noSection = parse(new FirmwareImage(1)
                .section(0x800000, 0x1000, 1)
                .metadata()
                .entry(FirmwareImage.HASH_TABLE, 0x810C00, 0x400));
        assertThat(lack(SnpLaunch.of(noSection, QEMU).withKernel(kernel()), 1)).isEqualTo(Lack.KERNEL_HASHES_SECTION);
        assertThat(noSection.measuresKernel()).isFalse();
        for (var noTable : List.of(
                FirmwareImage.ovmf().without(FirmwareImage.HASH_TABLE),
                FirmwareImage.ovmf().entry(FirmwareImage.HASH_TABLE, 0, 0))) {
            var firmware = parse(noTable);
            assertThat(lack(SnpLaunch.of(firmware, QEMU).withKernel(kernel()), 1))
                    .isEqualTo(Lack.HASH_TABLE);
            assertThat(SnpLaunch.of(firmware, QEMU).digest(1, FEATURES).length())
                    .isEqualTo(48);
            var sev = SevLaunch.of(firmware).withKernel(kernel());
            assertThatThrownBy(sev::digest).isInstanceOf(UnfitFirmwareException.class);
            assertThatThrownBy(() -> sev.esDigest(1, QEMU)).isInstanceOf(UnfitFirmwareException.class);
        }
    }

    @Test
    void hashesThatTheFirmwareReadsElsewhereThanTheyAreMeasuredAreRefused() throws Exception {
        for (int address : new int[] {0x80F000, 0x80FFFF, 0x810F51, 0x811000, -4096}) {
            var astray = parse(FirmwareImage.ovmf().entry(FirmwareImage.HASH_TABLE, address, 0x400));
            assertThat(lack(SnpLaunch.of(astray, QEMU).withKernel(kernel()), 1)).isEqualTo(Lack.HASH_TABLE);
        }
        for (int address : new int[] {0x810000, 0x810F50}) {
            var fitting = parse(FirmwareImage.ovmf().entry(FirmwareImage.HASH_TABLE, address, 0x400));
            assertThat(SnpLaunch.of(fitting, QEMU)
                            .withKernel(kernel())
                            .digest(1, FEATURES)
                            .length())
                    .isEqualTo(48);
        }
    }

    @Test
    void firmwareThatStartsOneVcpuOnlyIsRefusedForMore() throws Exception {
        for (var single : List.of(
                FirmwareImage.ovmf().without(FirmwareImage.RESET_BLOCK),
                FirmwareImage.ovmf().entry(FirmwareImage.RESET_BLOCK, 0))) {
            var firmware = parse(single);
            assertThat(SnpLaunch.of(firmware, QEMU).digest(1, FEATURES).length())
                    .isEqualTo(48);
            assertThat(lack(SnpLaunch.of(firmware, QEMU), 2)).isEqualTo(Lack.AP_RESET_VECTOR);
            assertThatThrownBy(() -> SevLaunch.of(firmware).esDigest(2, QEMU))
                    .isInstanceOf(UnfitFirmwareException.class);
        }
    }

    @Test
    void impossibleNumbersOfVcpusAreABugOfTheCaller() throws Exception {
        var launch = SnpLaunch.of(firmware(), QEMU);
        var svsm = SvsmLaunch.of(firmware(), Svsm.parse(FirmwareImage.svsm().bytes()), 0);
        for (int vcpus : new int[] {Integer.MIN_VALUE, -1, 0, SnpLaunch.MAX_VCPUS + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> launch.digest(vcpus, FEATURES)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> svsm.digest(vcpus, TYPE)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> SevLaunch.of(firmware()).esDigest(vcpus, QEMU))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(launch.digest(SnpLaunch.MAX_VCPUS, FEATURES).length()).isEqualTo(48);
    }

    @Test
    void variablesMoveTheModuleAndWithItTheDigest() throws Exception {
        var module = Svsm.parse(FirmwareImage.svsm().bytes());
        var seen = new HashSet<Bytes>();
        for (long size = 0; size < 10 * 4096; size += 4096) {
            assertThat(seen.add(SvsmLaunch.of(firmware(), module, size).digest(1, TYPE)))
                    .isTrue();
        }
        for (long size : new long[] {-4096, 1, 4095, (1L << 32) - 4096, Long.MAX_VALUE - 4095}) {
            assertThatThrownBy(() -> SvsmLaunch.of(firmware(), module, size))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void kernelsAreReadInSmallStepsToTheirEnd() throws Exception {
        long size = 40L << 20;
        var largest = new int[1];
        var kernel = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] out, int offset, int length) {
                largest[0] = Math.max(largest[0], length);
                int n = (int) Math.min(left, Math.min(length, 1000));
                java.util.Arrays.fill(out, offset, offset + n, (byte) 0);
                left -= n;
                return n == 0 ? -1 : n;
            }
        };
        var hashes = KernelHashes.of(kernel, InputStream.nullInputStream(), "");
        assertThat(largest[0]).isBetween(1, 1 << 16);
        // head -c 40M /dev/zero | sha256sum; printf '' | sha256sum; printf '\0' | sha256sum
        assertThat(hashes.kernel()).hasToString("80a3721188e40218b08b26776bc53bdae81e4784fff71d71450a197319cba113");
        assertThat(hashes.initrd()).hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(hashes.commandLine())
                .hasToString("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    @Test
    void hashesThatAreNoneAndCommandLinesWithANulAreABugOfTheCaller() throws Exception {
        var good = kernel();
        var bad = Bytes.copyOf(new byte[31]);
        assertThatThrownBy(() -> kernel("k", "i", "a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KernelHashes(bad, good.initrd(), good.commandLine()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KernelHashes(good.kernel(), bad, good.commandLine()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KernelHashes(good.kernel(), good.initrd(), bad))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void monitorsAndFeaturesPrintAsCommandLinesNameThem() {
        assertThat(List.of(QEMU, Vmm.ec2(), Vmm.ec2RdxZero(), Vmm.gce())).hasToString("[qemu, ec2, ec2-rdx-zero, gce]");
        assertThat(GuestFeatures.SNP_ACTIVE_DEBUG_SWAP).hasToString("0x21");
        assertThat(new GuestFeatures(-1)).hasToString("0xffffffffffffffff");
    }
}
