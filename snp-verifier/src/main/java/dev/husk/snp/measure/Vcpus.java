package dev.husk.snp.measure;

import dev.husk.snp.measure.UnfitFirmwareException.Lack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The register states of all vCPUs of a guest, in the order of measurement. */
final class Vcpus {
    /** More than KVM can start. */
    static final int MAX = 4096;

    private Vcpus() {}

    static List<byte[]> pages(Ovmf firmware, int count, Vmm vmm, long features) throws UnfitFirmwareException {
        requireCount(count);
        var pages = new ArrayList<byte[]>(count);
        pages.add(Vmsa.realMode(Vmsa.RESET_VECTOR, vmm, features));
        if (count > 1) {
            long start = firmware.apResetVector()
                    .orElseThrow(() -> new UnfitFirmwareException(
                            Lack.AP_RESET_VECTOR, "it does not say where vCPUs other than the first start"));
            pages.addAll(Collections.nCopies(count - 1, Vmsa.realMode(start, vmm, features)));
        }
        return pages;
    }

    static void requireCount(int count) {
        if (count < 1 || count > MAX) {
            throw new IllegalArgumentException("a guest has 1 to %d vCPUs, not %d".formatted(MAX, count));
        }
    }
}
