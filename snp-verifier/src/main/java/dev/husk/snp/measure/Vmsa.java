package dev.husk.snp.measure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The register state that a vCPU starts with, as the page that is measured (AMD APM volume 2, table B-4): what KVM has
 * after a reset, and what the monitor sets.
 */
final class Vmsa {
    /** Where the first vCPU starts. */
    static final long RESET_VECTOR = 0xFFFF_FFF0L;

    // Offsets, named as in the manual.
    private static final int ES = 0x000;
    private static final int CS = 0x010;
    private static final int SS = 0x020;
    private static final int DS = 0x030;
    private static final int FS = 0x040;
    private static final int GS = 0x050;
    private static final int GDTR = 0x060;
    private static final int LDTR = 0x070;
    private static final int IDTR = 0x080;
    private static final int TR = 0x090;
    private static final int EFER = 0x0D0;
    private static final int CR4 = 0x148;
    private static final int CR0 = 0x158;
    private static final int DR7 = 0x160;
    private static final int DR6 = 0x168;
    private static final int RFLAGS = 0x170;
    private static final int RIP = 0x178;
    private static final int G_PAT = 0x268;
    private static final int RDX = 0x310;
    private static final int SEV_FEATURES = 0x3B0;
    private static final int XCR0 = 0x3E8;
    private static final int MXCSR = 0x408;
    private static final int X87_FCW = 0x410;

    private static final int DATA = 0x93;

    private final byte[] page = new byte[Pages.SIZE];
    private final ByteBuffer fields = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);

    private Vmsa() {}

    /**
     * A vCPU in real mode, about to run the firmware.
     *
     * @param start linear address of the first instruction, below 4 GiB
     */
    static byte[] realMode(long start, Vmm vmm, long features) {
        var registers = vmm.registers();
        int code = start == RESET_VECTOR ? registers.bspCode() : registers.apCode();
        var vmsa = new Vmsa();
        vmsa.common(registers.rdx(), features);
        vmsa.segment(CS, 0xf000, code, 0xffff, start & 0xffff_0000L);
        vmsa.segment(SS, 0, registers.stack(), 0xffff, 0);
        for (int data : new int[] {ES, DS, FS, GS}) {
            vmsa.segment(data, 0, DATA, 0xffff, 0);
        }
        vmsa.segment(TR, 0, registers.task(), 0xffff, 0);
        vmsa.fields
                .putLong(CR0, 0x10)
                .putLong(RIP, start & 0xffff)
                .putLong(G_PAT, registers.pageAttributes())
                .putInt(MXCSR, registers.mxcsr())
                .putShort(X87_FCW, (short) registers.controlWord());
        return vmsa.page;
    }

    /** A vCPU in protected mode with flat segments, about to run an SVSM; QEMU starts them so. */
    static byte[] protectedMode(long start, VcpuType type) {
        var vmsa = new Vmsa();
        vmsa.common(Integer.toUnsignedLong(type.signature()), GuestFeatures.SNP_ACTIVE.raw());
        vmsa.segment(CS, 8, 0xc9b, 0xffff_ffff, 0);
        for (int data : new int[] {ES, SS, DS, FS}) {
            vmsa.segment(data, 16, 0xc93, 0xffff_ffff, 0);
        }
        vmsa.segment(GS, 0, DATA, 0xffff, 0);
        vmsa.segment(TR, 0, 0x8b, 0xffff, 0);
        // The FPU's control word is 0 in the measured launches that the known answers come from.
        vmsa.fields
                .putLong(CR0, 0x11)
                .putLong(RIP, start)
                .putLong(G_PAT, Vmm.RESET_PAT)
                .putInt(MXCSR, 0x1f80);
        return vmsa.page;
    }

    private void common(long rdx, long features) {
        segment(GDTR, 0, 0, 0xffff, 0);
        segment(LDTR, 0, 0x82, 0xffff, 0);
        segment(IDTR, 0, 0, 0xffff, 0);
        fields.putLong(EFER, 0x1000) // KVM sets SVME
                .putLong(CR4, 0x40) // KVM sets MCE
                .putLong(DR7, 0x400)
                .putLong(DR6, 0xffff_0ff0L)
                .putLong(RFLAGS, 0x2)
                .putLong(RDX, rdx)
                .putLong(SEV_FEATURES, features)
                .putLong(XCR0, 0x1);
    }

    private void segment(int at, int selector, int attributes, int limit, long base) {
        fields.putShort(at, (short) selector)
                .putShort(at + 2, (short) attributes)
                .putInt(at + 4, limit)
                .putLong(at + 8, base);
    }
}
