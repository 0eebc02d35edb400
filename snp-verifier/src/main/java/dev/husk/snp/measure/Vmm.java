package dev.husk.snp.measure;

/**
 * The virtual machine monitor that starts a guest. Each sets vCPUs up in its own way, and the launch digest covers that.
 *
 * <p>EC2 exists twice, since calculators disagree on register rdx: {@link #ec2()} has 0x600, as sev-snp-measure has
 * since 0.0.13 (a change by Amazon of April 2026, which says that EC2 itself changed); {@link #ec2RdxZero()} has 0, as
 * sev-snp-measure had before and virtee/sev 7 still has. Which one a machine in EC2 shows is for its report to say.
 */
public final class Vmm {
    /** What differs between monitors outside of the vCPUs. */
    enum Kind {
        QEMU,
        /** Adds the CPUID page last. */
        EC2,
        /** Leaves the firmware's early memory unmeasured. */
        GCE
    }

    /** A vCPU's registers where monitors differ. Attributes are those of the segments' descriptors. */
    record Registers(
            int bspCode, int apCode, int stack, int task, long pageAttributes, long rdx, int mxcsr, int controlWord) {}

    /** PAT after reset (AMD APM volume 2, A.3). */
    static final long RESET_PAT = 0x0007_0406_0007_0406L;

    private static final int FPU_CONTROL_WORD = 0x37f;
    private static final int SSE_CONTROL = 0x1f80;

    private final String name;
    private final Kind kind;
    private final Registers registers;

    private Vmm(String name, Kind kind, Registers registers) {
        this.name = name;
        this.kind = kind;
        this.registers = registers;
    }

    /** QEMU with KVM. */
    public static Vmm qemu(VcpuType type) {
        long rdx = Integer.toUnsignedLong(type.signature());
        return new Vmm(
                "qemu",
                Kind.QEMU,
                new Registers(0x9b, 0x9b, 0x93, 0x8b, RESET_PAT, rdx, SSE_CONTROL, FPU_CONTROL_WORD));
    }

    /** Amazon EC2, with rdx 0x600. */
    public static Vmm ec2() {
        return ec2("ec2", 0x600);
    }

    /** Amazon EC2 with rdx 0, as some calculators have it. */
    public static Vmm ec2RdxZero() {
        return ec2("ec2-rdx-zero", 0);
    }

    private static Vmm ec2(String name, long rdx) {
        return new Vmm(name, Kind.EC2, new Registers(0x9a, 0x9b, 0x92, 0x83, RESET_PAT, rdx, 0, 0));
    }

    /** Google Compute Engine. */
    public static Vmm gce() {
        return new Vmm("gce", Kind.GCE, new Registers(0x9b, 0x9b, 0x93, 0x8b, 0x0007_0106L, 0x600, 0, 0));
    }

    Kind kind() {
        return kind;
    }

    Registers registers() {
        return registers;
    }

    @Override
    public String toString() {
        return name;
    }
}
