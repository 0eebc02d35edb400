package dev.husk.snp.measure;

/**
 * The features that the host turns on for a SEV-SNP guest (SEV_FEATURES of the VMSA, AMD APM volume 2, table B-4).
 *
 * <p>Which ones a host chooses depends on its kernel; any 64 bits can be measured.
 *
 * @param raw bit 0 SNPActive, 1 vTOM, 2 ReflectVC, 3 RestrictedInjection, 4 AlternateInjection, 5 DebugSwap, 6
 *     PreventHostIBS, 7 BTBIsolation, 8 VmplSSS, 9 SecureTSC, 10 VmgexitParameter, 12 IbsVirtualization, 14
 *     VmsaRegProt, 15 SmtProtection
 */
public record GuestFeatures(long raw) {
    /** SNPActive alone (0x1): Linux before 6.6, since 6.8, and wherever DebugSwap is off. */
    public static final GuestFeatures SNP_ACTIVE = new GuestFeatures(0x1);

    /** SNPActive and DebugSwap (0x21): Linux 6.6 and 6.7, and hosts that turn it on. */
    public static final GuestFeatures SNP_ACTIVE_DEBUG_SWAP = new GuestFeatures(0x21);

    /** In hex, as command lines write it. */
    @Override
    public String toString() {
        return "0x" + Long.toHexString(raw);
    }
}
