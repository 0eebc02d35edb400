package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.snp.Bytes;
import dev.husk.snp.measure.MeasurementVectors.Case;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every launch digest, and every refusal, that sev-snp-measure and virtee/sev are known to answer with. */
class KnownDigestsTest {
    private static final String PYTHON = "sev-snp-measure.upstream.json";
    private static final String RUST = "virtee-sev.measurement.json";

    static Stream<Case> cases() throws IOException {
        var python = Case.of(PYTHON);
        var rust = Case.of(RUST);
        assertThat(python).hasSizeGreaterThan(20);
        assertThat(rust).hasSizeGreaterThan(20);
        return Stream.concat(python.stream(), rust.stream());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void digestsAndRefusalsAreThoseOfTheOtherCalculators(Case known) throws Exception {
        if (!known.missing().isEmpty()) {
            MeasurementVectors.skip(known.toString(), "the vectors lack " + String.join(", ", known.missing()));
        }
        if (known.text("error").isPresent()) {
            assertThat(outcomes(known)).containsExactly(lack(known.text("error").get()));
        } else {
            assertThat(outcomes(known)).containsExactly(known.text("expected").orElseThrow());
        }
    }

    /** What comes out for each kind of vCPU that the case is true of: the same for all of them. */
    private static Set<String> outcomes(Case known) throws Exception {
        var outcomes = new LinkedHashSet<String>();
        for (var vmm : vmms(known)) {
            try {
                outcomes.add(digest(known, vmm).toString());
            } catch (UnfitFirmwareException e) {
                outcomes.add(e.lack().toString());
            }
        }
        return outcomes;
    }

    private static Bytes digest(Case known, Vmm vmm) throws Exception {
        var mode = known.text("mode").orElseThrow();
        switch (mode) {
            case "SEV", "SEV_ES" -> {
                var launch = SevLaunch.of(known.firmware());
                var kernel = known.kernel();
                var whole = kernel.isPresent() ? launch.withKernel(kernel.get()) : launch;
                return mode.equals("SEV") ? whole.digest() : whole.esDigest(known.vcpus(), vmm);
            }
            case "SEV_SNP_SVSM" -> {
                var module =
                        Svsm.parse(MeasurementVectors.bytes(known.text("svsm").orElseThrow()));
                return SvsmLaunch.of(
                                known.firmware(),
                                module,
                                known.json().get("ovmf_vars_size").getAsLong())
                        .digest(known.vcpus(), types(known).get(0));
            }
            case "SNP", "SEV_SNP" -> {
                var hash = known.text("ovmf_hash");
                var launch = hash.isPresent()
                        ? SnpLaunch.of(known.firmware(), Bytes.fromHex(hash.get()), vmm)
                        : SnpLaunch.of(known.firmware(), vmm);
                var kernel = known.kernel();
                var whole = kernel.isPresent() ? launch.withKernel(kernel.get()) : launch;
                return whole.digest(
                        known.vcpus(),
                        new GuestFeatures(
                                Long.decode(known.text("guest_features").orElseThrow())));
            }
            default -> throw new AssertionError("a mode that is not known: " + mode);
        }
    }

    /** On EC2 each calculator is right by its own lights, so each has its own name here. */
    private static List<Vmm> vmms(Case known) {
        var vmm = known.text("vmm").orElseThrow();
        return switch (vmm) {
            case "QEMU", "QEMU(default)" -> types(known).stream().map(Vmm::qemu).toList();
            case "ec2" -> List.of(Vmm.ec2());
            case "EC2" -> List.of(Vmm.ec2RdxZero());
            case "gce" -> List.of(Vmm.gce());
            default -> throw new AssertionError("a monitor that is not known: " + vmm);
        };
    }

    private static List<VcpuType> types(Case known) {
        var types = new ArrayList<VcpuType>();
        known.text("vcpu_sig").ifPresent(signature -> types.add(new VcpuType(Integer.parseInt(signature))));
        var names = known.json().get("vcpu_types");
        if (names != null && names.isJsonArray()) {
            names.getAsJsonArray()
                    .forEach(
                            name -> types.add(VcpuType.named(name.getAsString()).orElseThrow()));
        }
        known.text("vcpu_type").ifPresent(name -> types.add(rustNamed(name)));
        if (types.isEmpty()) {
            // SEV measures no vCPU, and the refusals come before one is looked at.
            types.add(VcpuType.of(23, 1, 2));
        }
        return types;
    }

    /** {@code EpycV4} is EPYC-v4, {@code EpycMilanV1} is EPYC-Milan-v1. */
    private static VcpuType rustNamed(String name) {
        var words = name.replaceFirst("^Epyc", "EPYC").replaceFirst("^EPYC(Rome|Milan|Genoa|Turin|IBPB)", "EPYC-$1");
        return VcpuType.named(words.replaceFirst("V(\\d)$", "-v$1")).orElseThrow();
    }

    private static String lack(String error) {
        if (error.contains("SNP_KERNEL_HASHES")) {
            return UnfitFirmwareException.Lack.KERNEL_HASHES_SECTION.toString();
        }
        assertThat(error).contains("doesn't support kernel/initrd/cmdline measurement");
        return UnfitFirmwareException.Lack.HASH_TABLE.toString();
    }
}
