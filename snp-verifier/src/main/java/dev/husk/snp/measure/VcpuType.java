package dev.husk.snp.measure;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A kind of vCPU, by the signature that CPUID answers (leaf 1, EAX). QEMU starts every vCPU with it in a register, so
 * the launch digest depends on it; two kinds with one signature give one digest.
 *
 * @param signature as an unsigned 32-bit number, such as 0x800f12 for QEMU's EPYC-v4
 */
public record VcpuType(int signature) {
    /** QEMU's models by name (target/i386/cpu.c); versions of a model differ in features, not in the signature. */
    private static final Map<String, VcpuType> QEMU = new TreeMap<>();

    static {
        var naples = of(23, 1, 2);
        model("EPYC", naples, 5);
        QEMU.put("EPYC-IBPB", naples);
        model("EPYC-Rome", of(23, 49, 0), 5);
        model("EPYC-Milan", of(25, 1, 1), 3);
        model("EPYC-Genoa", of(25, 17, 0), 2);
        model("EPYC-Turin", of(26, 0, 0), 1);
    }

    private static void model(String name, VcpuType type, int versions) {
        QEMU.put(name, type);
        for (int version = 1; version <= versions; version++) {
            QEMU.put(name + "-v" + version, type);
        }
    }

    /** The kind that QEMU's {@code -cpu} calls {@code name}, such as {@code EPYC-v4}; case matters, as it does there. */
    public static Optional<VcpuType> named(String name) {
        return Optional.ofNullable(QEMU.get(name));
    }

    /** What {@link #named} knows, sorted. */
    public static List<String> names() {
        return List.copyOf(QEMU.keySet());
    }

    /**
     * The kind with this family, model and stepping (AMD 25481, CPUID Fn0000_0001_EAX).
     *
     * @param family 0 to 270, as people write it: base and extended family added up
     * @param model 0 to 255
     * @param stepping 0 to 15
     * @throws IllegalArgumentException if one of them is out of range
     */
    public static VcpuType of(int family, int model, int stepping) {
        if (family < 0 || family > 0xf + 0xff || model < 0 || model > 0xff || stepping < 0 || stepping > 0xf) {
            throw new IllegalArgumentException(
                    "no CPU has family %d, model %d, stepping %d".formatted(family, model, stepping));
        }
        int base = Math.min(family, 0xf);
        return new VcpuType((family - base) << 20 | (model >> 4) << 16 | base << 8 | (model & 0xf) << 4 | stepping);
    }

    /** The signature in hex. */
    @Override
    public String toString() {
        return "0x%x".formatted(signature);
    }
}
