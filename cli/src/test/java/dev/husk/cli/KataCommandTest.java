package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.husk.kata.GuestCommandLine;
import dev.husk.kata.InitData;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code husk kata}: initdata has the digest that a guest shows, and a platform says all that it does not check. */
class KataCommandTest {
    private static final String IMAGE = "registry.example.org/husk/java-husk@sha256:" + "1".repeat(64);
    private static final String VECTOR = """
            algorithm = "%s"
            version = "0.1.0"

            [data]
            "policy.rego" = '''
            package agent_policy

            default ExecProcessRequest := false
            '''
            """;
    private static final String VECTOR_DIGEST = "f862e568db69eb63df6b4721cbd45edf134b06faefc98febb6a89df136e4c846";

    @TempDir
    Path folder;

    private Desk.Outcome kata(List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = new ArrayList<>(arguments);
        all.add(0, "kata");
        int exit = Main.commandLine(Settings.in(folder))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Desk.Outcome(exit, out.toString(), err.toString());
    }

    private Path vector(String algorithm) throws Exception {
        return Files.writeString(folder.resolve(algorithm + ".toml"), VECTOR.formatted(algorithm));
    }

    @Nested
    class Initdata {
        private final List<String> pinned = new ArrayList<>();

        @BeforeEach
        void pins() throws Exception {
            var authority = Files.writeString(
                    folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n");
            pinned.addAll(List.of("--image", IMAGE, "--user", "10001"));
            pinned.addAll(List.of("--env", "PATH=/opt/java/bin:/usr/bin", "--env", "EMPTY="));
            pinned.addAll(List.of("--gateway", "https://gateway.example.org:8480", "--ca", authority.toString()));
        }

        private Desk.Outcome initdata(String... more) {
            var arguments = new ArrayList<>(pinned);
            arguments.add(0, "initdata");
            arguments.addAll(Arrays.asList(more));
            if (!arguments.contains("--")) {
                arguments.addAll(List.of("--", "/opt/java/bin/java", "@@/opt/husk/java.args", "dev.husk.runtime.Main"));
            }
            return kata(arguments);
        }

        @ParameterizedTest
        @CsvSource({
            "sha256, " + VECTOR_DIGEST,
            "sha384, 38961a0a35db43d703e1a4b8cea40525c7bd019d0b27cec590c0ee1322d2aa91",
        })
        void hostDataOfAFileIsThatOfTheGoldenVector(String algorithm, String expected) throws Exception {
            var file = vector(algorithm).toString();
            kata(List.of("initdata", "--from", file))
                    .succeeds("HOST_DATA " + expected, InitData.ANNOTATION + ": \"H4sI");

            var printed = JsonParser.parseString(kata(List.of("initdata", "--from", file, "--json"))
                            .succeeds()
                            .out())
                    .getAsJsonObject();
            assertThat(printed.get("hostData").getAsString()).isEqualTo(expected);
            var annotation = printed.getAsJsonObject("annotations")
                    .get(InitData.ANNOTATION)
                    .getAsString();
            assertThat(InitData.ofAnnotation(annotation).text()).isEqualTo(VECTOR.formatted(algorithm));
        }

        @Test
        void whatIsWrittenHasTheDigestThatIsPrinted() throws Exception {
            var file = folder.resolve("initdata.toml");
            var outcome = initdata("--out", file.toString()).succeeds("wrote " + file);

            var written = InitData.parse(Files.readAllBytes(file));
            assertThat(outcome.out()).contains("HOST_DATA " + HexFormat.of().formatHex(written.hostData()));
            assertThat(written.files().get("policy.rego"))
                    .contains(IMAGE, "\"@/opt/husk/java.args\"", "\"EMPTY=\"", "\"__OW_API_HOST\"");
            assertThat(written.files().get("cdh.toml")).contains("https://gateway.example.org:8480");
            initdata("--out", file.toString()).failsWith(ExitCodes.UNUSABLE, file + " exists already");
        }

        @Test
        void theArgumentsMayStandInAFile() throws Exception {
            var options = String.join("\n", pinned);
            var file = Files.writeString(
                    folder.resolve("pinned.args"),
                    options + "\n--json\n--\n/opt/java/bin/java\n@@/opt/husk/java.args\ndev.husk.runtime.Main\n");

            assertThat(kata(List.of("initdata", "@" + file)).succeeds().out())
                    .isEqualTo(initdata("--json").succeeds().out());
        }

        @Test
        void withJsonNothingIsWrittenUnlessAsked() {
            initdata("--json").succeeds("{\"hostData\":\"");
            assertThat(folder.resolve("initdata.toml")).doesNotExist();
            initdata("--json", "--out", folder.resolve("asked.toml").toString()).succeeds();
            assertThat(folder.resolve("asked.toml")).exists();
        }

        @Test
        void aFreeVariableIsOneByNameAlone() throws Exception {
            var file = folder.resolve("free.toml");
            initdata("--free-env", "REGION", "--out", file.toString()).succeeds();
            assertThat(InitData.parse(Files.readAllBytes(file)).files().get("policy.rego"))
                    .contains("\"REGION\"", "\"HOSTNAME\"");
        }

        @Test
        void allThatIsMissingIsNamedAtOnce() {
            kata(List.of("initdata"))
                    .failsWith(
                            ExitCodes.UNUSABLE,
                            "--image, --user, --gateway, --ca, the command after --",
                            "--from a file");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "--image registry.example.org/husk/java-husk:1.0 | without its digest",
                    "--env PATH | NAME=VALUE",
                    "--env PATH=x | twice",
                    "--env 1=x | no variable",
                    "--free-env LD_PRELOAD | must not choose",
                    "--from x | --from takes a file as it is",
                    "-- java -jar x | absolute path",
                })
        void whatCannotBePinnedIsSaid(String arguments, String words) {
            initdata((arguments + (arguments.startsWith("--from") ? "" : " --json"))
                            .replace(" -jar x --json", " -jar x")
                            .split(" "))
                    .failsWith(ExitCodes.UNUSABLE, words);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "10001 | 0 | root",
                    "https://gateway.example.org:8480 | http://gateway.example.org | https",
                    "https://gateway.example.org:8480 | https://gate way | Illegal character",
                })
        void aUserOrAddressThatIsNoneIsSaid(String old, String value, String words) {
            pinned.replaceAll(argument -> argument.equals(old) ? value : argument);
            initdata("--json").failsWith(ExitCodes.UNUSABLE, words);
        }

        @Test
        void aCertificateThatIsNoneIsSaid() throws Exception {
            Files.writeString(folder.resolve("ca.pem"), "no certificate");
            initdata("--json").failsWith(ExitCodes.UNUSABLE, "certificate is PEM");
            Files.delete(folder.resolve("ca.pem"));
            initdata("--json").failsWith(ExitCodes.UNUSABLE, "no file", "ca.pem");
        }

        @Test
        void aFileThatNoGuestWouldTakeIsRefused() throws Exception {
            var other = Files.writeString(folder.resolve("other.toml"), VECTOR.formatted("md5"));
            kata(List.of("initdata", "--from", other.toString()))
                    .failsWith(ExitCodes.UNUSABLE, "other.toml", "none of sha256, sha384, sha512");
            var latin = Files.write(
                    folder.resolve("latin.toml"),
                    (VECTOR.formatted("sha256") + "# \u00e4").getBytes(StandardCharsets.ISO_8859_1));
            kata(List.of("initdata", "--from", latin.toString())).failsWith(ExitCodes.UNUSABLE, "UTF-8");
            kata(List.of("initdata", "--from", folder.toString())).failsWith(ExitCodes.UNUSABLE, "is a folder");
            kata(List.of("initdata", "--from", folder.resolve("none").toString()))
                    .failsWith(ExitCodes.UNUSABLE, "no file");
        }
    }

    @Nested
    class PlatformOfASandbox {
        private static final String ROOT =
                "dm-mod.create=\"dm-verity,,,ro,0 736328 verity 1 /dev/vda1 /dev/vda2 4096 4096 92041 0 sha256 f1 00\" ";
        private static final String APPEND = ROOT + "root=/dev/dm-0 " + GuestCommandLine.PARAMETERS;

        private final List<String> started = new ArrayList<>();
        private final List<String> decided = new ArrayList<>(List.of("--smt", "true", "--id-key", "none"));

        @BeforeEach
        void files() throws Exception {
            var files =
                    Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp", "measurement", "files");
            assertThat(files)
                    .as("test vectors (name their folder with -Dhusk.vectors=)")
                    .exists();
            var kernel = Files.writeString(folder.resolve("vmlinuz"), "kernel");
            started.addAll(
                    List.of("--ovmf", files.resolve("ovmf_AmdSev_suffix.bin").toString()));
            started.addAll(List.of("--kernel", kernel.toString(), "--append", APPEND));
            started.addAll(List.of("--vcpus", "1", "--vcpu-type", "EPYC-v4"));
            decided.addAll(List.of("--name", "kata-snp", "--author-key", "none"));
            decided.addAll(List.of("--any", "policy.singleSocket,policy.ciphertextHiding,platformInfo,chips"));
        }

        private Desk.Outcome values(String... more) throws Exception {
            var arguments = new ArrayList<>(List.of("reference-values"));
            arguments.addAll(started);
            arguments.addAll(decided);
            arguments.addAll(Arrays.asList(more));
            return kata(arguments);
        }

        private Desk.Outcome genoa(String... more) throws Exception {
            var arguments = new ArrayList<>(
                    List.of("--product", "Genoa", "--initdata", vector("sha256").toString()));
            arguments.addAll(List.of("--minimum-tcb", "Genoa:bootloader=9,tee=0,snp=23,microcode=72"));
            arguments.addAll(Arrays.asList(more));
            return values(arguments.toArray(String[]::new));
        }

        private static Platform platform(String json) throws Exception {
            return Platform.parse(Json.parse(json.strip().getBytes(StandardCharsets.UTF_8), 1 << 16));
        }

        @Test
        void itIsAPlatformThatSaysWhatIsCheckedAndWhatIsNot() throws Exception {
            var outcome = genoa().succeeds(
                            "AMD SEV-SNP, certified by AMD's own root",
                            "oldest firmware: Genoa",
                            "debugging by the host: forbidden",
                            "chips: any, NOT CHECKED");
            var platform = platform(outcome.out().lines().reduce((a, b) -> b).orElseThrow());
            assertThat(platform.name()).isEqualTo("kata-snp");
            assertThat(platform.simulated()).isFalse();
            assertThat(platform.hostData()).hasToString(VECTOR_DIGEST);
            assertThat(platform.idKeys()).hasToString("0".repeat(96));
            assertThat(platform.vmpl()).hasToString("0");
            assertThat(platform.providers()).isEmpty();
            assertThat(platform.policy().debug()).contains(false);
            assertThat(platform.policy().migrationAgent()).contains(false);
            assertThat(platform.policy().smt()).contains(true);
            assertThat(platform.policy().singleSocket()).isEmpty();
            assertThat(platform.minimumTcb().orElseThrow())
                    .hasEntrySatisfying("Genoa", tcb -> assertThat(tcb.snp()).isEqualTo(23));
        }

        @Test
        void theMeasurementIsTheOneOfSnpMeasure() throws Exception {
            var arguments = new ArrayList<>(List.of("snp", "measure"));
            arguments.addAll(started);
            arguments.add("--json");
            var measured =
                    new Desk(folder).husk(arguments.toArray(String[]::new)).succeeds();
            var platform =
                    JsonParser.parseString(genoa("--json").succeeds().out()).getAsJsonObject();

            assertThat(platform.get("measurements"))
                    .isEqualTo(JsonParser.parseString(measured.out())
                            .getAsJsonObject()
                            .get("measurements"));
        }

        @Test
        void everyNumberOfVcpusAndChoiceOfFeaturesHasItsMeasurement() throws Exception {
            started.replaceAll(argument -> argument.equals("1") ? "1,2" : argument);
            var platform = JsonParser.parseString(genoa("--json", "--guest-features", "0x1,0x21")
                            .succeeds()
                            .out())
                    .getAsJsonObject();
            assertThat(platform.getAsJsonArray("measurements")).hasSize(4);
        }

        @Test
        void severalInitdataAreSeveralHostData() throws Exception {
            var platform = JsonParser.parseString(
                            genoa("--json", "--initdata", vector("sha384").toString())
                                    .succeeds()
                                    .out())
                    .getAsJsonObject();
            assertThat(platform.getAsJsonArray("hostData")).hasSize(2);
        }

        @Test
        void nothingIsUncheckedBecauseItWasLeftOut() throws Exception {
            decided.clear();
            decided.addAll(List.of("--name", "kata-snp"));
            values("--product", "Genoa", "--initdata", vector("sha256").toString())
                    .failsWith(
                            ExitCodes.UNUSABLE,
                            "give a value for authorKeys, chips, idKeys, minimumTcb, platformInfo, "
                                    + "policy.ciphertextHiding, policy.singleSocket, policy.smt",
                            "--any");
        }

        @Test
        void everyDecisionCanBeAValue() throws Exception {
            decided.clear();
            decided.addAll(List.of("--name", "strict", "--smt", "false", "--single-socket", "true"));
            decided.addAll(List.of("--ciphertext-hiding", "true", "--id-key", "AB".repeat(48), "--author-key", "none"));
            decided.addAll(List.of("--chip", "cd".repeat(64), "--provider", "Example Cloud", "--binding", "initdata"));
            decided.addAll(List.of(
                    "--platform-info",
                    "smt=false,tsme=any,ecc=true,raplDisabled=true,ciphertextHiding=true,aliasCheck=true,tio=any"));
            var platform = platform(genoa("--json").succeeds().out());

            assertThat(platform.idKeys()).hasToString("ab".repeat(48));
            assertThat(platform.providers()).containsExactly("Example Cloud");
            assertThat(platform.platformInfo().orElseThrow().ecc()).contains(true);
            assertThat(platform.platformInfo().orElseThrow().tsme()).isEqualTo(Optional.empty());
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "--any measurements | there are authorKeys",
                    "--any minimumTcb | which of the two",
                    "--product Milan | does not speak of Milan",
                    "--product Rome --minimum-tcb Rome:bootloader=1,tee=0,snp=1,microcode=1 | Milan, Genoa or Turin",
                    "--minimum-tcb Genoa:snp=1 | gives Genoa twice",
                    "--minimum-tcb Milan | PRODUCT:PART=N",
                    "--minimum-tcb Milan:snp | NAME=VALUE",
                    "--minimum-tcb Milan:snp=1,snp=2 | each name once",
                    "--minimum-tcb Milan:snp=x | 0 to 255",
                    "--minimum-tcb Milan:bootloader=1,tee=0,snp=1 | microcode: is missing",
                    "--minimum-tcb Milan:bootloader=1,tee=0,snp=1,microcode=256 | microcode",
                    "--binding code | binding",
                    "--chip 00 | 128 lower-case hex digits",
                    "--svsm x | do not go with Kata",
                    "--initdata none | no file none",
                })
        void whatDoesNotFitIsSaid(String arguments, String words) throws Exception {
            if (arguments.startsWith("--chip")) {
                decided.replaceAll(argument -> argument.replace(",chips", ""));
            }
            genoa(arguments.split(" ")).failsWith(ExitCodes.UNUSABLE, words);
        }

        @Test
        void aBitOfTheMachineThatIsLeftOutOrUnknownIsSaid() throws Exception {
            decided.replaceAll(argument -> argument.replace(",platformInfo", ""));
            genoa("--platform-info", "smt=true").failsWith(ExitCodes.UNUSABLE, "platformInfo.tsme: is missing");
            genoa("--platform-info", "smt=perhaps").failsWith(ExitCodes.UNUSABLE, "true, false or any");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "console=ttyS0",
                    APPEND + " agent.debug_console",
                    APPEND + " agent.guest_components_rest_api=resource",
                })
        void aCommandLineThatIsNotOursIsRefused(String append) throws Exception {
            started.set(started.indexOf(APPEND), append);
            genoa().failsWith(ExitCodes.UNUSABLE, "--append is not that of a sandbox of ours", "  - ");
        }

        @Test
        void aGuestWithoutAKernelOfItsOwnIsNotKatas() throws Exception {
            int kernel = started.indexOf("--kernel");
            started.subList(kernel, kernel + 4).clear();
            genoa().failsWith(ExitCodes.UNUSABLE, "--kernel and --append");
        }
    }
}
