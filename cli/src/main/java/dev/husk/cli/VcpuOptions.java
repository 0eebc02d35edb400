package dev.husk.cli;

import dev.husk.snp.measure.SnpLaunch;
import dev.husk.snp.measure.VcpuType;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** How many vCPUs a guest has, and of which kind. */
final class VcpuOptions {
    @Option(
            names = "--vcpus",
            paramLabel = "N",
            split = ",",
            description = "How many, such as 4; several, such as 1,2,4, give a digest each.")
    private List<Integer> counts = List.of();

    @Option(
            names = "--vcpu-type",
            paramLabel = "TYPE",
            description = "QEMU's name for the kind, such as EPYC-v4, which Kata uses.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--vcpu-sig",
            paramLabel = "VALUE",
            converter = UnsignedNumber.class,
            description = "The kind by its CPUID signature, such as 0x800f12.")
    private Optional<Long> signature = Optional.empty();

    @Option(
            names = "--vcpu-family",
            paramLabel = "N",
            description = "The kind by its family, with --vcpu-model and --vcpu-stepping.")
    private Optional<Integer> family = Optional.empty();

    @Option(names = "--vcpu-model", paramLabel = "N", description = "Its model.")
    private Optional<Integer> model = Optional.empty();

    @Option(names = "--vcpu-stepping", paramLabel = "N", description = "Its stepping.")
    private Optional<Integer> stepping = Optional.empty();

    /** Sorted, each once. */
    List<Integer> counts() throws CommandFailed {
        if (counts.isEmpty()) {
            throw CommandFailed.unusable("the digest depends on how many vCPUs there are: give --vcpus");
        }
        for (int count : counts) {
            if (count < 1 || count > SnpLaunch.MAX_VCPUS) {
                throw CommandFailed.unusable("a guest has 1 to %d vCPUs, not %d".formatted(SnpLaunch.MAX_VCPUS, count));
            }
        }
        return List.copyOf(new TreeSet<>(counts));
    }

    VcpuType type() throws CommandFailed {
        boolean numbers = family.isPresent() || model.isPresent() || stepping.isPresent();
        if ((name.isPresent() ? 1 : 0) + (signature.isPresent() ? 1 : 0) + (numbers ? 1 : 0) != 1) {
            throw CommandFailed.unusable("the digest depends on the kind of vCPU: give --vcpu-type, or --vcpu-sig, or "
                    + "--vcpu-family with --vcpu-model and --vcpu-stepping");
        }
        if (name.isPresent()) {
            return VcpuType.named(name.get())
                    .orElseThrow(() -> CommandFailed.unusable("no kind of vCPU is called %s; there are %s"
                            .formatted(name.get(), String.join(", ", VcpuType.names()))));
        }
        if (signature.isPresent()) {
            if (signature.get() >>> Integer.SIZE != 0) {
                throw CommandFailed.unusable("--vcpu-sig has 32 bits");
            }
            return new VcpuType(signature.get().intValue());
        }
        if (family.isEmpty() || model.isEmpty() || stepping.isEmpty()) {
            throw CommandFailed.unusable("--vcpu-family, --vcpu-model and --vcpu-stepping go together");
        }
        try {
            return VcpuType.of(family.get(), model.get(), stepping.get());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable(String.valueOf(e.getMessage()));
        }
    }
}
