package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.snp.Bytes;
import dev.husk.snp.measure.GuestFeatures;
import dev.husk.snp.measure.SevLaunch;
import dev.husk.snp.measure.SnpLaunch;
import dev.husk.snp.measure.SvsmLaunch;
import dev.husk.snp.measure.UnfitFirmwareException;
import dev.husk.snp.measure.Vmm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code husk snp measure}: the launch digest that a guest's reports will show. */
@Command(
        name = "measure",
        mixinStandardHelpOptions = true,
        description = {
            "Calculates the launch digest of a guest from the files that it is started from.",
            "Prints it, and the JSON to put into a contract's platform."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  husk snp measure --ovmf AMDSEV.fd --kernel vmlinuz --append \"$(cat cmdline)\" \\",
            "      --vcpus 1,2,4 --vcpu-type EPYC-v4",
            "  husk snp measure --ovmf OVMF.fd --vcpus 4 --vmm gce --json",
            "  husk snp measure --ovmf OVMF_CODE.fd --ovmf-vars OVMF_VARS.fd \\",
            "      --svsm svsm.bin --vcpus 2 --vcpu-type EPYC-v4",
            "  husk snp measure --ovmf OVMF.fd --mode ovmf-hash"
        })
final class SnpMeasureCommand implements Callable<Integer> {
    private static final String SNP = "snp";
    private static final String SEV = "sev";
    private static final String SEV_ES = "sev-es";
    private static final String OVMF_HASH = "ovmf-hash";

    @Spec
    private CommandSpec spec;

    @Mixin
    private FirmwareOptions firmware = new FirmwareOptions();

    @Mixin
    private KernelOptions kernel = new KernelOptions();

    @Mixin
    private VcpuOptions vcpus = new VcpuOptions();

    @Option(
            names = "--guest-features",
            paramLabel = "VALUE",
            converter = UnsignedNumber.class,
            description =
                    "SEV_FEATURES that the host turns on: 0x1 (the default), or 0x21 with DebugSwap, as Linux 6.6 "
                            + "and 6.7 do. Only SEV-SNP without an SVSM has a choice.")
    private Optional<Long> features = Optional.empty();

    @Option(
            names = "--vmm",
            paramLabel = "NAME",
            defaultValue = "qemu",
            description =
                    "Who starts the guest: qemu (the default), ec2, gce, or ec2-rdx-zero. ec2 has 0x600 in register "
                            + "rdx, as EC2 has since 2026; ec2-rdx-zero has 0, as it had before and as virtee/sev calculates. "
                            + "With qemu alone the digest depends on the kind of vCPU.")
    private String vmm = "qemu";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = SNP,
            description = "snp (the default), sev, sev-es, or ovmf-hash for --ovmf-hash.")
    private String mode = SNP;

    @Option(names = "--json", description = "Nothing but the JSON.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailed, IOException {
        try {
            kernel.requireKernel();
            print(digests());
            return ExitCodes.OK;
        } catch (UnfitFirmwareException e) {
            throw CommandFailed.unusable(firmware.name() + ": " + e.getMessage());
        }
    }

    /** Each with what it is of. */
    private Map<String, Bytes> digests() throws CommandFailed, IOException, UnfitFirmwareException {
        switch (mode) {
            case SNP -> {
                return firmware.underSvsm() ? svsm() : snp();
            }
            case SEV, SEV_ES -> {
                return sev();
            }
            case OVMF_HASH -> {
                firmware.requireNoSvsm("--mode " + mode);
                firmware.requireNoHash("--mode " + mode);
                return Map.of("firmware alone", SnpLaunch.firmwareDigest(firmware.ovmf()));
            }
            default ->
                throw CommandFailed.unusable(
                        "there is no --mode %s; there are %s, %s, %s, %s".formatted(mode, SNP, SEV, SEV_ES, OVMF_HASH));
        }
    }

    private Map<String, Bytes> snp() throws CommandFailed, IOException, UnfitFirmwareException {
        firmware.requireNoSvsm("a guest without --svsm");
        var counts = vcpus.counts();
        var vmm = vmm();
        var hash = firmware.hash();
        var ovmf = firmware.ovmf();
        var bare = hash.isPresent() ? SnpLaunch.of(ovmf, hash.get(), vmm) : SnpLaunch.of(ovmf, vmm);
        var launch = kernel.isPresent() ? bare.withKernel(kernel.hashes()) : bare;
        var chosen = features.map(GuestFeatures::new).orElse(GuestFeatures.SNP_ACTIVE);
        var digests = new LinkedHashMap<String, Bytes>();
        for (int count : counts) {
            digests.put(label(count), launch.digest(count, chosen));
        }
        return digests;
    }

    private Map<String, Bytes> svsm() throws CommandFailed, IOException {
        firmware.requireNoHash("--svsm");
        if (kernel.isPresent() || !vmm.equals("qemu")) {
            throw CommandFailed.unusable("a guest under an SVSM starts with --vmm qemu and without --kernel");
        }
        noteUnlessChosen(GuestFeatures.SNP_ACTIVE, "under an SVSM");
        var counts = vcpus.counts();
        var type = vcpus.type();
        var digests = new LinkedHashMap<String, Bytes>();
        try {
            var launch = SvsmLaunch.of(firmware.ovmf(), firmware.svsm().orElseThrow(), firmware.variablesSize());
            for (int count : counts) {
                digests.put(label(count), launch.digest(count, type));
            }
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable(String.valueOf(e.getMessage()));
        }
        return digests;
    }

    private Map<String, Bytes> sev() throws CommandFailed, IOException, UnfitFirmwareException {
        firmware.requireNoSvsm("--mode " + mode);
        firmware.requireNoHash("--mode " + mode);
        var bare = SevLaunch.of(firmware.ovmf());
        var launch = kernel.isPresent() ? bare.withKernel(kernel.hashes()) : bare;
        if (mode.equals(SEV)) {
            return Map.of("SEV", launch.digest());
        }
        noteUnlessChosen(new GuestFeatures(0), "with SEV-ES");
        var vmm = vmm();
        var digests = new LinkedHashMap<String, Bytes>();
        for (int count : vcpus.counts()) {
            digests.put(label(count), launch.esDigest(count, vmm));
        }
        return digests;
    }

    private Vmm vmm() throws CommandFailed {
        return switch (vmm) {
            case "qemu" -> Vmm.qemu(vcpus.type());
            case "ec2" -> Vmm.ec2();
            case "ec2-rdx-zero" -> Vmm.ec2RdxZero();
            case "gce" -> Vmm.gce();
            default ->
                throw CommandFailed.unusable(
                        "there is no --vmm %s; there are qemu, ec2, ec2-rdx-zero, gce".formatted(vmm));
        };
    }

    /** Features that cannot be had are said to be left out, on standard error. */
    private void noteUnlessChosen(GuestFeatures fixed, String where) {
        if (features.isPresent() && features.get() != fixed.raw()) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "note: %s a guest starts with features %s; --guest-features %s is left out%n",
                            where, fixed, new GuestFeatures(features.get()));
        }
    }

    private static String label(int vcpus) {
        return vcpus == 1 ? "1 vCPU" : vcpus + " vCPUs";
    }

    private void print(Map<String, Bytes> digests) {
        var out = spec.commandLine().getOut();
        if (!json) {
            digests.forEach((of, digest) -> out.printf("%s  %s%n", digest, of));
        }
        if (json || mode.equals(SNP)) {
            out.println(fragment(digests));
        }
    }

    /** What a contract's platform takes; digests that none takes go by another name. */
    private JsonObject fragment(Map<String, Bytes> digests) {
        var list = new JsonArray();
        digests.values().forEach(digest -> list.add(digest.toString()));
        var fragment = new JsonObject();
        fragment.add(mode.equals(SNP) ? "measurements" : "digests", list);
        return fragment;
    }
}
