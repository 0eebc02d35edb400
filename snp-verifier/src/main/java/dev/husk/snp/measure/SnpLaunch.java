package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import dev.husk.snp.measure.Pages.Type;
import dev.husk.snp.measure.UnfitFirmwareException.Lack;
import java.util.Optional;

/**
 * The start of a SEV-SNP guest, and the digest that the processor reports of it ({@code MEASUREMENT}, SHA-384).
 *
 * <p>Immutable and safe to share between threads. The firmware is hashed once, so digests for several numbers of vCPUs
 * cost little more than one.
 *
 * <pre>{@code
 * var launch = SnpLaunch.of(Ovmf.parse(firmware), Vmm.qemu(VcpuType.named("EPYC-v4").orElseThrow()))
 *         .withKernel(KernelHashes.of(kernel, initrd, "console=hvc0"));
 * Bytes measurement = launch.digest(4, GuestFeatures.SNP_ACTIVE);
 * }</pre>
 */
public final class SnpLaunch {
    /** The most vCPUs that a guest can have here. */
    public static final int MAX_VCPUS = Vcpus.MAX;

    private final Ovmf firmware;
    private final Bytes firmwareDigest;
    private final Vmm vmm;
    private final Optional<KernelHashes> kernel;

    private SnpLaunch(Ovmf firmware, Bytes firmwareDigest, Vmm vmm, Optional<KernelHashes> kernel) {
        this.firmware = firmware;
        this.firmwareDigest = firmwareDigest;
        this.vmm = vmm;
        this.kernel = kernel;
    }

    public static SnpLaunch of(Ovmf firmware, Vmm vmm) {
        return new SnpLaunch(firmware, firmwareDigest(firmware), vmm, Optional.empty());
    }

    /**
     * The start of a firmware of which only the digest is at hand.
     *
     * @param layout an image with the same tables; its other bytes count for nothing
     * @param firmwareDigest what {@link #firmwareDigest} says of the firmware, 48 bytes; believed
     * @throws IllegalArgumentException if {@code firmwareDigest} has another length
     */
    public static SnpLaunch of(Ovmf layout, Bytes firmwareDigest, Vmm vmm) {
        if (firmwareDigest.length() != Pages.DIGEST) {
            throw new IllegalArgumentException("a launch digest has 48 bytes, not " + firmwareDigest.length());
        }
        return new SnpLaunch(layout, firmwareDigest, vmm, Optional.empty());
    }

    /** The launch digest after the firmware's own pages, before everything else: stands for the image. */
    public static Bytes firmwareDigest(Ovmf firmware) {
        var pages = Pages.none();
        pages.add(firmware.address(), firmware.image());
        return pages.digest();
    }

    /** The same start with a kernel. Without one, the firmware boots from a disk, which no digest covers. */
    public SnpLaunch withKernel(KernelHashes hashes) {
        return new SnpLaunch(firmware, firmwareDigest, vmm, Optional.of(hashes));
    }

    /**
     * The launch digest.
     *
     * @param vcpus 1 to {@link #MAX_VCPUS}; each number has its own digest
     * @return 48 bytes
     * @throws UnfitFirmwareException if the firmware is not for SEV-SNP, cannot have its kernel measured though one is
     *     given, or starts one vCPU only though more are asked for
     */
    public Bytes digest(int vcpus, GuestFeatures features) throws UnfitFirmwareException {
        var vmsas = Vcpus.pages(firmware, vcpus, vmm, features.raw());
        var pages = new Pages(firmwareDigest);
        addSections(pages);
        vmsas.forEach(pages::addVmsa);
        return pages.digest();
    }

    private void addSections(Pages pages) throws UnfitFirmwareException {
        if (firmware.sections().isEmpty()) {
            throw new UnfitFirmwareException(Lack.SNP_METADATA, "it has no SEV metadata, so no SEV-SNP guest starts");
        }
        if (kernel.isPresent()
                && firmware.sections().stream()
                        .noneMatch(section -> section.kind() == OvmfSection.Kind.KERNEL_HASHES)) {
            throw new UnfitFirmwareException(
                    Lack.KERNEL_HASHES_SECTION,
                    "a kernel is given, but the SEV metadata have no section for kernel hashes (SNP_KERNEL_HASHES),"
                            + " so nothing would bind it; edk2's AmdSevX64 build has one");
        }
        for (var section : firmware.sections()) {
            add(pages, section);
        }
        if (vmm.kind() == Vmm.Kind.EC2) {
            for (var section : firmware.sections()) {
                if (section.kind() == OvmfSection.Kind.CPUID) {
                    pages.addEmpty(Type.CPUID, section.address(), section.size());
                }
            }
        }
    }

    private void add(Pages pages, OvmfSection section) throws UnfitFirmwareException {
        switch (section.kind()) {
            case SEC_MEMORY ->
                pages.addEmpty(
                        vmm.kind() == Vmm.Kind.GCE ? Type.UNMEASURED : Type.ZERO, section.address(), section.size());
            case SECRETS -> pages.addEmpty(Type.SECRETS, section.address(), section.size());
            case CPUID -> {
                if (vmm.kind() != Vmm.Kind.EC2) {
                    pages.addEmpty(Type.CPUID, section.address(), section.size());
                }
            }
            case SVSM_CALLING_AREA -> pages.addEmpty(Type.ZERO, section.address(), section.size());
            case KERNEL_HASHES -> {
                if (kernel.isPresent()) {
                    pages.add(section.address(), hashesPage(section, kernel.get()));
                } else {
                    pages.addEmpty(Type.ZERO, section.address(), section.size());
                }
            }
        }
    }

    private byte[] hashesPage(OvmfSection section, KernelHashes hashes) throws UnfitFirmwareException {
        var table = firmware.hashTable()
                .orElseThrow(() -> new UnfitFirmwareException(
                        Lack.HASH_TABLE, "a kernel is given, but there is no place for its hashes"));
        long offset = table.address() - section.address();
        if (offset < 0 || offset > Pages.SIZE - KernelHashes.TABLE_SIZE) {
            throw new UnfitFirmwareException(
                    Lack.HASH_TABLE,
                    "it reads kernel hashes at 0x%X, outside of the section at 0x%X that is measured"
                            .formatted(table.address(), section.address()));
        }
        byte[] page = new byte[Pages.SIZE];
        System.arraycopy(hashes.table(), 0, page, (int) offset, KernelHashes.TABLE_SIZE);
        return page;
    }
}
