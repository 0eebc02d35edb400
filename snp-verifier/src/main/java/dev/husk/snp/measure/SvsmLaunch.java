package dev.husk.snp.measure;

import dev.husk.snp.Bytes;

/**
 * The start of a SEV-SNP guest under COCONUT-SVSM by its QEMU, and the digest that the processor reports of it
 * (SHA-384). The service module's metadata count, the firmware's do not; every vCPU starts in the module.
 *
 * <p>The features are SNPActive alone, whatever the host's kernel does for other guests, and no kernel is measured.
 * Newer QEMU starts a service module from an IGVM file instead, which this does not calculate. Immutable.
 */
public final class SvsmLaunch {
    private static final long ALIGNMENT = Pages.SIZE;

    private final long address;
    private final Svsm module;
    private final Bytes beforeVcpus;

    private SvsmLaunch(long address, Svsm module, Bytes beforeVcpus) {
        this.address = address;
        this.module = module;
        this.beforeVcpus = beforeVcpus;
    }

    /**
     * Lays out memory as QEMU does: the firmware ends at 4 GiB, its variables are below it, the module below these.
     *
     * @param variablesSize size of the firmware's variables (OVMF_VARS), in bytes; not measured, but it moves the module
     * @throws IllegalArgumentException if {@code variablesSize} is negative, not whole pages, or leaves no room
     */
    public static SvsmLaunch of(Ovmf firmware, Svsm module, long variablesSize) {
        if (variablesSize < 0 || variablesSize % ALIGNMENT != 0) {
            throw new IllegalArgumentException(variablesSize + " bytes of variables are not whole pages");
        }
        long address = firmware.address() - variablesSize - module.size();
        if (address < 0) {
            throw new IllegalArgumentException("firmware, variables and module do not fit below 4 GiB");
        }
        var pages = Pages.none();
        pages.add(firmware.address(), firmware.image());
        pages.add(address, module.image());
        for (var section : module.sections()) {
            pages.addEmpty(type(section), section.address(), section.size());
        }
        return new SvsmLaunch(address, module, pages.digest());
    }

    private static Pages.Type type(OvmfSection section) {
        return switch (section.kind()) {
            case SEC_MEMORY, SVSM_CALLING_AREA, KERNEL_HASHES -> Pages.Type.ZERO;
            case SECRETS -> Pages.Type.SECRETS;
            case CPUID -> Pages.Type.CPUID;
        };
    }

    /**
     * The launch digest.
     *
     * @param vcpus 1 to {@link SnpLaunch#MAX_VCPUS}
     * @return 48 bytes
     */
    public Bytes digest(int vcpus, VcpuType type) {
        Vcpus.requireCount(vcpus);
        byte[] vmsa = Vmsa.protectedMode(address + module.entryPoint(), type);
        var pages = new Pages(beforeVcpus);
        for (int i = 0; i < vcpus; i++) {
            pages.addVmsa(vmsa);
        }
        return pages.digest();
    }
}
