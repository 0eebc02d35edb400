package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code husk snp measure}: the known digests come out as a platform takes them, and nothing is guessed. */
class SnpMeasureCommandTest {
    private static final Path FILES =
            Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp", "measurement", "files");
    private static final String OVMF = FILES.resolve("ovmf_AmdSev_suffix.bin").toString();
    private static final String WITHOUT_HASHES =
            FILES.resolve("ovmf_OvmfX64_suffix.bin").toString();

    // From the vectors' sev-snp-measure.upstream.json and virtee-sev.measurement.json.
    private static final String ONE =
            "e1e1ca029dd7973ab9513295be68198472dcd4fc834bd9af9b63f6e8a1674dbf281a9278a4a2ebe0eed9f22adbcd0e2b";
    private static final String ONE_SNP_ACTIVE =
            "19358ba9a7615534a9a1e2f0dfc29384dcd4dcb7062ff9c6013b26869a5fc6ecabe033c48dd6f6db5d6d76e7c5df632d";
    private static final String WITH_KERNEL =
            "803f691094946e42068aaa3a8f9e26a5c89f36f7b73ecfb28c653360fe4b3aba7e534442e7e1e17895dfe778d0228977";
    private static final String FIRMWARE =
            "086e2e9149ebf45abdc3445fba5b2da8270bdbb04094d7a2c37faaa4b24af3aa16aff8c374c2a55c467a50da6d466b74";

    @TempDir
    Path folder;

    private String empty = "";

    @BeforeEach
    void emptyFile() throws Exception {
        assertThat(FILES)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        empty = Files.createFile(folder.resolve("empty")).toString();
    }

    private Desk.Outcome measure(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var husk = Main.commandLine(Settings.in(folder));
        int exit = new CommandLine(new SnpMeasureCommand())
                .setExecutionExceptionHandler(husk.getExecutionExceptionHandler())
                .setParameterExceptionHandler(husk.getParameterExceptionHandler())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Desk.Outcome(exit, out.toString(), err.toString());
    }

    private Desk.Outcome measureAmdSev(String... more) {
        var arguments = new ArrayList<>(List.of("--ovmf", OVMF));
        arguments.addAll(Arrays.asList(more));
        return measure(arguments.toArray(String[]::new));
    }

    @Test
    void aDigestIsPrintedWithTheJsonThatAPlatformTakes() {
        var outcome = measureAmdSev("--vcpus", "1", "--vcpu-type", "EPYC-v4", "--guest-features", "0x21");
        outcome.succeeds();
        assertThat(outcome.out().lines()).containsExactly(ONE + "  1 vCPU", "{\"measurements\":[\"" + ONE + "\"]}");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void withJsonNothingElseIsPrinted() {
        var outcome = measureAmdSev("--vcpus", "1", "--vcpu-type", "EPYC-v4", "--guest-features", "33", "--json");
        assertThat(outcome.succeeds().out().strip()).isEqualTo("{\"measurements\":[\"" + ONE + "\"]}");
    }

    @Test
    void withoutOtherWordsTheFeaturesAreSnpActiveAlone() {
        measureAmdSev("--vcpus", "1", "--vcpu-type", "EPYC-v4").succeeds(ONE_SNP_ACTIVE);
    }

    @Test
    void severalNumbersOfVcpusGiveADigestEachInOrderAndOnce() {
        var outcome = measureAmdSev("--vcpus", "4,1,2,1", "--vcpu-type", "EPYC-v4");
        assertThat(outcome.succeeds().out().lines())
                .hasSize(4)
                .first()
                .asString()
                .isEqualTo(ONE_SNP_ACTIVE + "  1 vCPU");
        assertThat(outcome.out()).contains("  2 vCPUs", "  4 vCPUs");
        var last = outcome.out().lines().reduce((a, b) -> b).orElseThrow();
        assertThat(JsonParser.parseString(last).getAsJsonObject().getAsJsonArray("measurements"))
                .hasSize(3);
    }

    @Test
    void theKindOfVcpuCanBeGivenInThreeWays() {
        for (var kind : List.of(
                List.of("--vcpu-type", "EPYC-IBPB"),
                List.of("--vcpu-sig", "0x800f12"),
                List.of("--vcpu-sig", "8392466"),
                List.of("--vcpu-family", "23", "--vcpu-model", "1", "--vcpu-stepping", "2"))) {
            var arguments = new ArrayList<>(kind);
            arguments.addAll(List.of("--vcpus", "1"));
            measureAmdSev(arguments.toArray(String[]::new)).succeeds(ONE_SNP_ACTIVE);
        }
    }

    @Test
    void kernelInitrdAndCommandLineAreMeasured() {
        var kernel = List.of(
                "--vcpus=1",
                "--vcpu-type=EPYC-v4",
                "--guest-features=0x21",
                "--kernel",
                empty,
                "--append",
                "console=ttyS0 loglevel=7");
        var withInitrd = new ArrayList<>(kernel);
        withInitrd.addAll(List.of("--initrd", empty));
        measureAmdSev(kernel.toArray(String[]::new)).succeeds(WITH_KERNEL);
        measureAmdSev(withInitrd.toArray(String[]::new)).succeeds(WITH_KERNEL);
    }

    @Test
    void theFirmwaresDigestCanStandForItsBytes() {
        var hash = measureAmdSev("--mode", "ovmf-hash").succeeds(FIRMWARE);
        assertThat(hash.out()).doesNotContain("measurements");
        measureAmdSev("--ovmf-hash", FIRMWARE, "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .succeeds(ONE_SNP_ACTIVE);
        measureAmdSev("--ovmf-hash", FIRMWARE.substring(1), "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .failsWith(ExitCodes.UNUSABLE, "96 hex digits");
        measureAmdSev("--ovmf-hash", FIRMWARE, "--mode", "sev").failsWith(ExitCodes.UNUSABLE, "does not go with");
    }

    @ParameterizedTest
    @CsvSource({
        "ec2, 0x21, 0ce9ccc06bab55eebe8abc234f3df6514883977a68a591b71052498ab52b2f1aa415db338033946ef93aa8278c0d67fb",
        "ec2-rdx-zero, 0x21,"
                + "6ae80856486b1396af8c82a40351d6ed76a20c785e9c7fa4ffa27c22d5d6313b4b3b458cd3c9968e6f89fb5d8450d7a6",
        "gce, 0x1, 5da7106cf14cf46b1725ebab123eb9e53bd46a1e9f400cd0c08e7827b04b688ea8b4e403c8404efed4397ea5d5d0722e",
    })
    void cloudsNeedNoKindOfVcpu(String vmm, String features, String digest) {
        measureAmdSev("--vmm", vmm, "--vcpus", "1", "--guest-features", features, "--kernel", empty)
                .succeeds(digest);
    }

    @Test
    void theTwoDigestsOfEc2AreExplainedWhereTheyAreChosen() {
        assertThat(measure("--help").succeeds().out().replaceAll("\\s+", " "))
                .contains("ec2 has 0x600 in register rdx", "ec2-rdx-zero has 0", "as virtee/sev calculates");
    }

    @Test
    void sevDigestsArePrintedButNotForAPlatform() {
        var sev = measureAmdSev("--mode", "sev", "--kernel", empty, "--append", "console=ttyS0 loglevel=7")
                .succeeds("82a3ee5d537c3620628270c292ae30cb40c3c878666a7890ee7ef2a08fb535ff");
        assertThat(sev.out()).doesNotContain("measurements");
        var es = measureAmdSev("--mode", "sev-es", "--kernel", empty, "--vcpus", "4", "--vcpu-type", "EPYC", "--json")
                .succeeds();
        assertThat(es.out().strip())
                .isEqualTo("{\"digests\":[\"0dccbcaba8e90b261bd0d2e1863a2f9da714768b7b2a19363cd6ae35aa90de91\"]}");
    }

    @Test
    void featuresThatAreLeftOutAreSaidToBe() {
        var noted = measureAmdSev(
                "--mode=sev-es", "--kernel", empty, "--vcpus=4", "--vcpu-type=EPYC", "--guest-features=0x21");
        noted.succeeds("0dccbcaba8e90b261bd0d2e1863a2f9da714768b7b2a19363cd6ae35aa90de91");
        assertThat(noted.err()).contains("note: with SEV-ES", "--guest-features 0x21 is left out");
    }

    @Test
    void firmwareThatBindsNoKernelIsRefusedForOne() {
        for (var mode : List.of("snp", "sev", "sev-es")) {
            measure(
                            "--mode",
                            mode,
                            "--ovmf",
                            WITHOUT_HASHES,
                            "--kernel",
                            empty,
                            "--vcpus",
                            "1",
                            "--vcpu-type",
                            "EPYC-v4")
                    .failsWith(ExitCodes.UNUSABLE, WITHOUT_HASHES, "a kernel is given", "AmdSevX64");
        }
    }

    @Test
    void filesThatAreNoFirmwareAreNamedWithTheOffset() throws Exception {
        var text = Files.writeString(folder.resolve("notes.txt"), "x".repeat(4096));
        var vcpus = List.of("--vcpus", "1", "--vcpu-type", "EPYC-v4");
        measure("--ovmf", text.toString(), vcpus.get(0), vcpus.get(1), vcpus.get(2), vcpus.get(3))
                .failsWith(ExitCodes.UNUSABLE, "notes.txt", "offset 0xFD0", "not an image of OVMF");
        measure("--ovmf", folder.resolve("none").toString(), "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .failsWith(ExitCodes.UNUSABLE, "no file");
        measure("--ovmf", folder.toString(), "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .failsWith(ExitCodes.UNUSABLE, folder + " is a folder");
        measureAmdSev("--svsm", text.toString(), "--ovmf-vars", empty, "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .failsWith(ExitCodes.UNUSABLE, "notes.txt", "offset");
        measureAmdSev("--kernel", folder.resolve("none").toString(), "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .failsWith(ExitCodes.UNUSABLE, "no file");
    }

    @Test
    void filesTooLargeForFirmwareAreNotReadIntoMemory() throws Exception {
        var large = folder.resolve("disk.img");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(8L << 30);
        }
        measure("--ovmf", large.toString(), "--vcpus", "1", "--vcpu-type", "EPYC-v4")
                .failsWith(ExitCodes.UNUSABLE, "disk.img", "64 MiB");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--vcpu-type EPYC-v4 | --vcpus",
                "--vcpus 1 | --vcpu-type",
                "--vcpus 1 --vcpu-type EPYC-v9 | EPYC-Milan-v2",
                "--vcpus 1 --vcpu-type EPYC --vcpu-sig 1 | --vcpu-type",
                "--vcpus 1 --vcpu-family 23 --vcpu-model 1 | go together",
                "--vcpus 1 --vcpu-family 999 --vcpu-model 1 --vcpu-stepping 1 | no CPU",
                "--vcpus 1 --vcpu-sig 0x100000000 | 32 bits",
                "--vcpus 0 --vcpu-type EPYC | 1 to 4096",
                "--vcpus 5000 --vcpu-type EPYC | 1 to 4096",
                "--vcpus 1,x --vcpu-type EPYC | not an int",
                "--vcpus 1 --vcpu-type EPYC --guest-features -1 | is no number",
                "--vcpus 1 --vcpu-type EPYC --guest-features +1 | is no number",
                "--vcpus 1 --vcpu-type EPYC --guest-features 0x10000000000000000 | is no number",
                "--vcpus 1 --vcpu-type EPYC --vmm xen | ec2-rdx-zero",
                "--vcpus 1 --vcpu-type EPYC --mode tdx | sev-es",
                "--vcpus 1 --vcpu-type EPYC --append quiet | --kernel",
                "--vcpus 1 --vcpu-type EPYC --ovmf-vars-size 4096 | do not go with",
            })
    void whatIsMissingOrWrongIsSaid(String arguments, String words) {
        measureAmdSev(arguments.split(" ")).failsWith(ExitCodes.UNUSABLE, words);
    }

    @Test
    void anSvsmNeedsTheSizeOfTheVariablesAndTakesNeitherKernelNorAnotherMonitor() {
        var module = FILES.resolve("svsm.bin").toString();
        measureAmdSev("--svsm", module, "--vcpus", "1", "--vcpu-type", "EPYC-v4", "--vmm", "gce")
                .failsWith(ExitCodes.UNUSABLE, "--vmm qemu");
        measureAmdSev("--svsm", module, "--vcpus", "1", "--vcpu-type", "EPYC-v4", "--kernel", empty)
                .failsWith(ExitCodes.UNUSABLE, "without --kernel");
        measureAmdSev("--svsm", module, "--mode", "sev").failsWith(ExitCodes.UNUSABLE, "do not go with");
    }

    @Test
    void underAnSvsmTheKnownDigestComesOut() {
        var module = FILES.resolve("svsm.bin");
        var firmware = FILES.resolve("svsm_ovmf.fd");
        if (!Files.exists(module) || !Files.exists(firmware)) {
            var why = "the vectors lack svsm.bin or svsm_ovmf.fd";
            System.err.println("NOT RUN: husk snp measure --svsm: " + why);
            Assumptions.abort(why);
        }
        var arguments = List.of("--ovmf", firmware.toString(), "--svsm", module.toString(), "--vcpus", "2,4");
        var sized = new ArrayList<>(arguments);
        sized.addAll(List.of("--vcpu-type", "EPYC-v4", "--ovmf-vars-size", "540672"));
        measure(sized.toArray(String[]::new))
                .succeeds(
                        "9b94745036aafddf4f7f8b00c7513abb5b7703178cb95aaa57928bd963d68d3bfcb715d6019b9167ee2517b11b0d9be7"
                                + "  2 vCPUs",
                        "27d154c27b7b359c935e250ec6fee72aa0ae8c1225e3b0e1cf46a9567e938066d7d6f94bbdc4a857818bdb79277a44b2"
                                + "  4 vCPUs");
        var unsized = new ArrayList<>(arguments);
        unsized.addAll(List.of("--vcpu-type", "EPYC-v4"));
        measure(unsized.toArray(String[]::new)).failsWith(ExitCodes.UNUSABLE, "--ovmf-vars-size");
        var noted = new ArrayList<>(sized);
        noted.addAll(List.of("--guest-features", "0x21"));
        assertThat(measure(noted.toArray(String[]::new)).succeeds().err()).contains("note: under an SVSM");
        sized.set(sized.size() - 1, "4097");
        measure(sized.toArray(String[]::new)).failsWith(ExitCodes.UNUSABLE, "not whole pages");
    }
}
