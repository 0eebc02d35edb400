package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import dev.husk.snp.measure.UnfitFirmwareException.Lack;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The start of a guest with SEV or SEV-ES, the processors' older protections, and its launch digest (SHA-256).
 *
 * <p>This is the digest inside of what such a platform attests, not its LAUNCH_MEASURE. No contract asks for one: only
 * SEV-SNP keeps the host from changing guest memory afterwards. Immutable.
 */
public final class SevLaunch {
    private final Ovmf firmware;
    private final Optional<KernelHashes> kernel;

    private SevLaunch(Ovmf firmware, Optional<KernelHashes> kernel) {
        this.firmware = firmware;
        this.kernel = kernel;
    }

    public static SevLaunch of(Ovmf firmware) {
        return new SevLaunch(firmware, Optional.empty());
    }

    /** The same start with a kernel. */
    public SevLaunch withKernel(KernelHashes hashes) {
        return new SevLaunch(firmware, Optional.of(hashes));
    }

    /**
     * The digest of a SEV guest, which covers no vCPU.
     *
     * @return 32 bytes
     * @throws UnfitFirmwareException if a kernel is given and the firmware has no place for its hashes
     */
    public Bytes digest() throws UnfitFirmwareException {
        return Bytes.copyOf(beforeVcpus().digest());
    }

    /**
     * The digest of a SEV-ES guest. Its vCPUs start without any SEV features.
     *
     * @param vcpus 1 to {@link SnpLaunch#MAX_VCPUS}
     * @return 32 bytes
     * @throws UnfitFirmwareException if a kernel is given and the firmware has no place for its hashes, or it starts
     *     one vCPU only though more are asked for
     */
    public Bytes esDigest(int vcpus, Vmm vmm) throws UnfitFirmwareException {
        var digest = beforeVcpus();
        Vcpus.pages(firmware, vcpus, vmm, 0).forEach(digest::update);
        return Bytes.copyOf(digest.digest());
    }

    private MessageDigest beforeVcpus() throws UnfitFirmwareException {
        var digest = KernelHashes.sha256();
        digest.update(firmware.image());
        if (kernel.isPresent()) {
            if (firmware.hashTable().isEmpty()) {
                throw new UnfitFirmwareException(
                        Lack.HASH_TABLE,
                        "a kernel is given, but the firmware does not check kernel, initrd and command line; edk2's"
                                + " AmdSevX64 build does");
            }
            digest.update(kernel.get().table());
        }
        return digest;
    }
}
