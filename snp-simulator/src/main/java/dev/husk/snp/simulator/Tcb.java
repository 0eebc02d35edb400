package dev.husk.snp.simulator;

import java.nio.ByteBuffer;

/** The security version numbers that the simulated firmware has, in Genoa's TCB_VERSION layout (56860, table 3). */
record Tcb(int bootloader, int tee, int snp, int microcode) {

    /** The values of a real, patched Genoa machine of 2026, so that minimum-TCB rules written for it are exercised. */
    static final Tcb CURRENT = new Tcb(10, 0, 23, 84);

    void put(ByteBuffer out, int offset) {
        out.put(offset, (byte) bootloader);
        out.put(offset + 1, (byte) tee);
        out.put(offset + 6, (byte) snp);
        out.put(offset + 7, (byte) microcode);
    }

    /** As the Rust {@code sev} crate serialises it; Genoa has no FMC. */
    String json() {
        return "{\"fmc\":null,\"bootloader\":%d,\"tee\":%d,\"snp\":%d,\"microcode\":%d}"
                .formatted(bootloader, tee, snp, microcode);
    }
}
