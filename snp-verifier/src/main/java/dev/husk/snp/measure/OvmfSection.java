package dev.husk.snp.measure;

import java.util.Optional;

/**
 * Guest memory that the host must prepare before an SEV-SNP guest starts, as the firmware's metadata ask for it.
 *
 * @param address guest physical address, a multiple of 4096
 * @param size in bytes, a positive multiple of 4096; address and size together stay within 4 GiB
 */
public record OvmfSection(Kind kind, long address, long size) {
    /** Section types (edk2, OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm). */
    public enum Kind {
        /** Memory the firmware needs early. */
        SEC_MEMORY(1, false),
        SECRETS(2, true),
        CPUID(3, true),
        /** The calling area of a service module at a higher privilege level. */
        SVSM_CALLING_AREA(4, false),
        /** The page with the hashes of kernel, initrd and command line. */
        KERNEL_HASHES(0x10, true);

        private final int code;
        private final boolean onePage;

        Kind(int code, boolean onePage) {
            this.code = code;
            this.onePage = onePage;
        }

        boolean onePage() {
            return onePage;
        }

        static Optional<Kind> of(int code) {
            for (var kind : values()) {
                if (kind.code == code) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    long end() {
        return address + size;
    }
}
