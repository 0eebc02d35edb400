package dev.husk.cli;

import dev.husk.cli.gateway.ReferenceValues;
import dev.husk.kata.GuestCommandLine;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.snp.measure.GuestFeatures;
import dev.husk.snp.measure.SnpLaunch;
import dev.husk.snp.measure.UnfitFirmwareException;
import dev.husk.snp.measure.Vmm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code husk kata reference-values}: the platform of a contract, from the files that sandboxes are started from. */
@Command(
        name = "reference-values",
        mixinStandardHelpOptions = true,
        description = {
            "Calculates the platform that a contract names, from the files and the initdata that sandboxes start with.",
            "Says what it checks, and prints the JSON to put under platforms."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  husk kata reference-values --name kata-snp --product Genoa \\",
            "      --minimum-tcb Genoa:bootloader=9,tee=0,snp=23,microcode=72 \\",
            "      --ovmf AMDSEV.fd --kernel vmlinuz.container --append \"$(cat append.txt)\" \\",
            "      --vcpus 1 --vcpu-type EPYC-v4 --initdata initdata.toml \\",
            "      --smt true --id-key none --author-key none \\",
            "      --any policy.singleSocket,policy.ciphertextHiding,platformInfo,chips",
            "",
            "--append is what QEMU got: the journal of the node has it (\"launching\" or \"qemu args\")."
        })
final class KataReferenceValuesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private FirmwareOptions firmware = new FirmwareOptions();

    @Mixin
    private KernelOptions kernel = new KernelOptions();

    @Mixin
    private VcpuOptions vcpus = new VcpuOptions();

    @Mixin
    private PlatformOptions members = new PlatformOptions();

    @Option(
            names = "--guest-features",
            paramLabel = "VALUE",
            split = ",",
            converter = UnsignedNumber.class,
            description =
                    "SEV_FEATURES that the host turns on: 0x1 (the default), or 0x21 with DebugSwap, as Linux 6.6 "
                            + "and 6.7 do. Several give a digest each.")
    private List<Long> features = List.of(GuestFeatures.SNP_ACTIVE.raw());

    @Option(
            names = "--initdata",
            paramLabel = "FILE",
            required = true,
            description = "The initdata that sandboxes get, as husk kata initdata writes it. Repeatable.")
    private List<Path> initData = List.of();

    @Option(names = "--json", description = "Nothing but the JSON.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailed, IOException {
        requireKatasCommandLine();
        try {
            var raw = members.platform(List.copyOf(measurements()), List.copyOf(hostData()));
            var platform = Platform.parse(raw);
            var out = spec.commandLine().getOut();
            if (!json) {
                new ReferenceValues(platform, Optional.empty(), Optional.empty())
                        .explain()
                        .forEach(out::println);
            }
            out.println(raw);
            return ExitCodes.OK;
        } catch (UnfitFirmwareException e) {
            throw CommandFailed.unusable(firmware.name() + ": " + e.getMessage());
        } catch (InvalidContractException e) {
            throw CommandFailed.unusable(
                    "that is no platform that could be signed:\n  - " + String.join("\n  - ", e.problems()));
        }
    }

    private void requireKatasCommandLine() throws CommandFailed {
        firmware.requireNoSvsm("Kata");
        if (!kernel.isPresent()) {
            throw CommandFailed.unusable("Kata boots a kernel of its own: give --kernel and --append");
        }
        var problems = GuestCommandLine.problems(kernel.append());
        if (!problems.isEmpty()) {
            throw CommandFailed.unusable(
                    "--append is not that of a sandbox of ours:\n  - " + String.join("\n  - ", problems));
        }
    }

    private TreeSet<String> measurements() throws CommandFailed, IOException, UnfitFirmwareException {
        var counts = vcpus.counts();
        var vmm = Vmm.qemu(vcpus.type());
        var hash = firmware.hash();
        var ovmf = firmware.ovmf();
        var bare = hash.isPresent() ? SnpLaunch.of(ovmf, hash.get(), vmm) : SnpLaunch.of(ovmf, vmm);
        var launch = bare.withKernel(kernel.hashes());
        var digests = new TreeSet<String>();
        for (int count : counts) {
            for (long chosen : features) {
                digests.add(launch.digest(count, new GuestFeatures(chosen)).toString());
            }
        }
        return digests;
    }

    private TreeSet<String> hostData() throws CommandFailed, IOException {
        var digests = new TreeSet<String>();
        for (var file : initData) {
            digests.add(HexFormat.of().formatHex(KataInitDataCommand.read(file).hostData()));
        }
        return digests;
    }
}
