package dev.husk.snp.measure;

/** Thrown when a well-formed firmware image cannot start the guest that was asked for. Another build of it may. */
public final class UnfitFirmwareException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What an image may lack. */
    public enum Lack {
        /** SEV metadata, without which no SEV-SNP guest starts. */
        SNP_METADATA,
        /** A section that measures kernel hashes, without which a kernel is not covered by a SEV-SNP digest. */
        KERNEL_HASHES_SECTION,
        /** A place for the table of kernel hashes, without which the firmware checks no kernel. */
        HASH_TABLE,
        /** The address where vCPUs other than the first start. */
        AP_RESET_VECTOR,
    }

    private final Lack lack;

    UnfitFirmwareException(Lack lack, String problem) {
        super("firmware image: " + problem);
        this.lack = lack;
    }

    public Lack lack() {
        return lack;
    }
}
