package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk snp show} and {@code husk snp verify}, over reports of real processors and one of the simulator's. */
class SnpCommandTest {
    private static final Path VECTORS = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp");
    private static final Path MILAN = VECTORS.resolve("reports/00d244d8d4");
    private static final String CRL =
            VECTORS.resolve("amd-ca/crl/ARK-Milan-2025-05-06.crl").toString();
    private static final String IN_TIME = "2025-06-01T00:00:00Z";

    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void start() throws Exception {
        assertThat(VECTORS)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        desk = new Desk(folder);
    }

    private static JsonObject fields(Path vector) throws IOException {
        return JsonParser.parseString(Files.readString(vector.resolve("expected.json")))
                .getAsJsonObject()
                .getAsJsonObject("parsed");
    }

    /** Expectations that the Milan report meets, each as narrow as it can be. */
    private static JsonObject met() throws IOException {
        var parsed = fields(MILAN);
        var tcb = parsed.getAsJsonObject("reported_tcb");
        return JsonParser.parseString("""
                {"name":"milan","binding":"sandbox","tee":"snp","products":["Milan"],"measurements":["%s"],"hostData":["%s"],
                 "minimumTcb":{"Milan":{"bootloader":%d,"tee":%d,"snp":%d,"microcode":%d}},
                 "policy":{"debug":false,"migrationAgent":false,"smt":true,"singleSocket":false,"ciphertextHiding":false},
                 "platformInfo":"any","idKeys":["%s"],"authorKeys":["%s"],"chips":["%s"],"vmpl":["0"],"providers":"none",
                 "reportData":"%s"}""".formatted(
                                parsed.get("measurement").getAsString(),
                                parsed.get("host_data").getAsString(),
                                tcb.get("bootloader").getAsInt(),
                                tcb.get("tee").getAsInt(),
                                tcb.get("snp").getAsInt(),
                                tcb.get("microcode").getAsInt(),
                                parsed.get("id_key_digest").getAsString(),
                                parsed.get("author_key_digest").getAsString(),
                                parsed.get("chip_id").getAsString(),
                                parsed.get("report_data").getAsString()))
                .getAsJsonObject();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private Desk.Outcome verify(String... more) {
        var arguments = new ArrayList<>(
                List.of("snp", "verify", MILAN.resolve("report.bin").toString()));
        arguments.addAll(List.of("--certificate", MILAN.resolve("vcek.der").toString(), "--at", IN_TIME));
        arguments.addAll(List.of(more));
        return desk.husk(arguments.toArray(String[]::new));
    }

    @Test
    void aReportThatShowsAllThatIsExpectedIsTrusted() throws Exception {
        var expect = file("expect.json", met().toString());

        verify("--crl", CRL, "--expect", expect).succeeds("trusted: everything is as expected");
        verify(
                        "--crl",
                        CRL,
                        "--expect",
                        expect,
                        "--chain",
                        VECTORS.resolve("amd-ca").toString())
                .succeeds("trusted");
        var json = verify("--crl", CRL, "--expect", expect, "--json").succeeds().out();
        assertThat(json.strip())
                .isEqualTo(
                        "{\"verdict\":\"trusted\",\"judged\":\"everything\",\"simulated\":false,\"revocation\":\"judged\"}");
    }

    @Test
    void aFolderAsFetchWritesItIsEnough() throws Exception {
        var parsed = fields(MILAN);
        var tcb = parsed.getAsJsonObject("reported_tcb");
        var chip = Files.createDirectories(
                folder.resolve("carried/vcek/" + parsed.get("chip_id").getAsString()));
        var name = "bl%02d_tee%02d_snp%02d_ucode%02d_vcek.der"
                .formatted(
                        tcb.get("bootloader").getAsInt(),
                        tcb.get("tee").getAsInt(),
                        tcb.get("snp").getAsInt(),
                        tcb.get("microcode").getAsInt());
        Files.copy(MILAN.resolve("vcek.der"), chip.resolve(name));
        Files.copy(Path.of(CRL), folder.resolve("carried/Milan.crl"));
        var report = MILAN.resolve("report.bin").toString();
        var carried = folder.resolve("carried").toString();
        var expect = file("expect.json", met().toString());

        desk.husk("snp", "verify", report, "--chain", carried, "--at", IN_TIME, "--expect", expect)
                .succeeds("trusted: everything is as expected");
        Files.delete(chip.resolve(name));
        desk.husk("snp", "verify", report, "--chain", carried, "--at", IN_TIME, "--expect", expect)
                .failsWith(ExitCodes.UNUSABLE, "nor is it in the folder", name);
    }

    @Test
    void everyReasonAgainstAReportIsPrintedWithItsCode() throws Exception {
        var wrong = met();
        wrong.addProperty("reportData", "00".repeat(64));
        wrong.add("products", JsonParser.parseString("{\"anyExcept\":[\"Milan\"]}"));
        var expect = file("expect.json", wrong.toString());

        var outcome = verify("--expect", expect);
        assertThat(outcome.exit()).isEqualTo(ExitCodes.REFUSED);
        assertThat(outcome.out())
                .contains("rejected:", "REPORT_DATA_MISMATCH", "PRODUCT_DENIED", "REVOCATION_UNKNOWN", "--crl FILE");
        assertThat(outcome.err()).isEmpty();
        assertThat(verify("--expect", expect, "--accept-revoked").out()).doesNotContain("REVOCATION_UNKNOWN");
    }

    @Test
    void theSignatureChainAloneIsJudgedWhereThatIsAskedForAndTheAnswerSaysSo() throws Exception {
        verify("--signature-only").succeeds("signed by a key that chains to AMD's root", "Nothing else was judged");

        byte[] forged = Files.readAllBytes(MILAN.resolve("report.bin"));
        forged[0x50] ^= 1;
        Files.write(folder.resolve("forged.bin"), forged);
        var outcome = desk.husk(
                "snp",
                "verify",
                folder.resolve("forged.bin").toString(),
                "--certificate",
                MILAN.resolve("vcek.der").toString(),
                "--signature-only");
        assertThat(outcome.exit()).isEqualTo(ExitCodes.REFUSED);
        assertThat(outcome.out()).contains("SIGNATURE_INVALID");
    }

    @Test
    void whatCannotBeJudgedIsNamedInOneLine() throws Exception {
        var expect = file("expect.json", met().toString());
        var report = Files.readAllBytes(MILAN.resolve("report.bin"));
        Files.write(folder.resolve("cut.bin"), Arrays.copyOf(report, 700));
        var vcek = MILAN.resolve("vcek.der").toString();
        var cut = folder.resolve("cut.bin").toString();

        desk.husk("snp", "verify", cut, "--certificate", vcek, "--expect", expect)
                .failsWith(ExitCodes.UNUSABLE, "offset 0x2BC: expected 1184 bytes, got 700");
        desk.husk("snp", "verify", MILAN.resolve("report.bin").toString(), "--expect", expect)
                .failsWith(ExitCodes.UNUSABLE, "carries no certificate, and none was named");
        desk.husk("snp", "verify").failsWith(ExitCodes.UNUSABLE, "which report?");
        verify().failsWith(ExitCodes.UNUSABLE, "what is expected of the report?");
        verify("--signature-only", "--expect", expect).failsWith(ExitCodes.UNUSABLE, "give one of the two");
        desk.husk("snp", "verify", cut, "--signature-only", "--at", "tomorrow")
                .failsWith(ExitCodes.UNUSABLE, "--at: 'tomorrow' is no time");
        verify("--expect", "nowhere.json").failsWith(ExitCodes.UNUSABLE, "no file nowhere.json");
        verify("--expect", expect, "--crl", "nowhere.crl").failsWith(ExitCodes.UNUSABLE, "no file nowhere.crl");
        verify("--expect", expect, "--chain", "nowhere").failsWith(ExitCodes.UNUSABLE, "no folder nowhere");
        desk.husk("snp", "verify", "nowhere.bin", "--signature-only")
                .failsWith(ExitCodes.UNUSABLE, "no file nowhere.bin");
    }

    @Test
    void expectationsThatLeaveSomethingOutAreRefusedWithAllThatIsWrong() throws Exception {
        var less = met();
        less.remove("vmpl");
        less.getAsJsonObject("policy").remove("debug");
        less.addProperty("chips", "none");
        less.addProperty("colour", "blue");
        verify("--expect", file("less.json", less.toString()))
                .failsWith(
                        ExitCodes.UNUSABLE,
                        "vmpl is missing",
                        "policy.debug is missing",
                        "chips must be a list",
                        "colour is not known");
    }

    @Test
    void aBatchAnswersALineForALineWhateverIsInIt() throws Exception {
        byte[] report = Files.readAllBytes(MILAN.resolve("report.bin"));
        Files.write(folder.resolve("long.bin"), Arrays.copyOf(report, 1185));
        var vlek = VECTORS.resolve("reports/0dd5c5af85");
        var expect = file("expect.json", met().toString());
        var cases = file(
                "cases.jsonl",
                String.join(
                        "\n",
                        "{\"id\":1,\"report\":\"%s/report.bin\",\"certificate\":\"%s/vcek.der\",\"at\":\"%s\",\"crl\":\"%s\",\"expect\":\"%s\"}"
                                .formatted(MILAN, MILAN, IN_TIME, CRL, expect),
                        "{\"id\":2,\"report\":\"%s/report.bin\",\"certificate\":[\"%s/vcek.der\"],\"at\":\"2099-01-01\",\"crl\":\"%s\",\"expect\":%s}"
                                .formatted(MILAN, MILAN, CRL, met()),
                        "{\"id\":3,\"report\":\"%s/long.bin\",\"certificate\":\"%s/vcek.der\",\"signature-only\":true}"
                                .formatted(folder, MILAN),
                        "{\"id\":4,\"report\":\"%s/report.bin\",\"certificate\":\"%s/vlek.der\",\"chain\":\"%s/amd-ca\",\"signatureOnly\":true}"
                                .formatted(vlek, vlek, VECTORS),
                        "{\"id\":5,\"report\":\"nowhere\",\"signature-only\":true}",
                        "",
                        "not json",
                        "{\"id\":6,\"reprot\":\"x\"}"));

        var outcome = desk.husk("snp", "verify", "--batch", cases);

        assertThat(outcome.exit()).isEqualTo(ExitCodes.UNUSABLE);
        var lines = outcome.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(lines)
                .extracting(line -> line.get("verdict").getAsString())
                .containsExactly("trusted", "rejected", "malformed", "trusted", "unusable", "unusable", "unusable");
        assertThat(lines.get(0).get("id").getAsInt()).isEqualTo(1);
        assertThat(lines.get(1).get("codes").toString()).contains("CERTIFICATE_OUT_OF_DATE", "REVOCATION_UNKNOWN");
        assertThat(lines.get(2).get("offset").getAsInt()).isEqualTo(1184);
        assertThat(lines.get(3).get("judged").getAsString()).isEqualTo("signature chain only");
        assertThat(lines.get(6).get("detail").getAsString()).isEqualTo("unknown member 'reprot'");
    }

    @Test
    void everyRealReportComesOutOfABatchAsItsVectorSays() throws Exception {
        var lines = new ArrayList<String>();
        var expected = new ArrayList<Boolean>();
        try (var folders = Files.list(VECTORS.resolve("reports"))) {
            for (var vector : folders.sorted().toList()) {
                for (var leaf : List.of("vcek.der", "vlek.der")) {
                    if (Files.exists(vector.resolve(leaf))) {
                        lines.add("{\"report\":\"%s/report.bin\",\"certificate\":\"%s/%s\",\"signature-only\":true}"
                                .formatted(vector, vector, leaf));
                        expected.add(Files.readString(vector.resolve("expected.json"))
                                .contains("\"signature\": \"valid\""));
                    }
                }
            }
        }
        assertThat(expected).contains(true, false).hasSizeGreaterThan(20);

        var outcome = desk.husk("snp", "verify", "--batch", file("all.jsonl", String.join("\n", lines)));

        assertThat(outcome.out()
                        .lines()
                        .map(line -> JsonParser.parseString(line)
                                .getAsJsonObject()
                                .get("verdict")
                                .getAsString()
                                .equals("trusted"))
                        .toList())
                .isEqualTo(expected);
    }

    @Test
    void evidenceThatCarriesItsChainNeedsNoOtherFileAndASimulatedOneIsLoud() throws Exception {
        byte[] reportData = new byte[64];
        reportData[0] = 7;
        var evidence = file("evidence.json", FakeGateway.Simulator.SANDBOX.evidence(reportData));
        var expect = file("sim.yaml", """
                tee: simulated
                products: [Genoa]
                measurements: any
                hostData: any
                minimumTcb: any
                policy: {debug: false, migrationAgent: false, smt: any, singleSocket: any, ciphertextHiding: any}
                platformInfo: {smt: any, tsme: any, ecc: true, raplDisabled: any, ciphertextHiding: any, aliasCheck: true, tio: false}
                idKeys: any
                authorKeys: any
                chips: any
                vmpl: ["0"]
                providers: none
                reportData: "%s"
                """.formatted(HexFormat.of().formatHex(reportData)));

        desk.husk(
                        "snp",
                        "verify",
                        evidence,
                        "--expect",
                        expect,
                        "--simulated-root",
                        FakeGateway.Simulator.ROOT.toString())
                .succeeds("trusted", "SIMULATED");
        var unknown = desk.husk("snp", "verify", evidence, "--expect", expect);
        assertThat(unknown.exit()).isEqualTo(ExitCodes.REFUSED);
        assertThat(unknown.out()).contains("CHAIN_UNTRUSTED");
        desk.husk("snp", "show", evidence)
                .succeeds("KBS evidence (JSON)", "product", "Genoa", "certificate: ", "threads of a core");
        desk.husk("snp", "show", file("broken.json", "{\"attestation_report\":{}}"))
                .failsWith(ExitCodes.UNUSABLE, "attestation_report.version: missing");
    }

    @Test
    void showExplainsEveryFieldAndGivesThemToProgramsAsTheVectorsHaveThem() throws Exception {
        var turin = VECTORS.resolve("reports/067d21b829");
        desk.husk("snp", "show", turin.resolve("report.bin").toString())
                .succeeds("Turin", "fmc 1, bootloader 1", "launch mitigations", "the host cannot debug");
        desk.husk(
                        "snp",
                        "show",
                        VECTORS.resolve("reports/0dd5c5af85/report.bin").toString())
                .succeeds("Milan or Genoa", "a key that AMD gave to a cloud", "masked by the machine's owner");

        var shown = JsonParser.parseString(desk.husk(
                                "snp",
                                "show",
                                "--json",
                                turin.resolve("report.bin").toString())
                        .succeeds()
                        .out())
                .getAsJsonObject()
                .getAsJsonObject("report");
        var parsed = fields(turin);
        assertThat(shown.get("reportId")).isEqualTo(parsed.get("report_id"));
        assertThat(shown.get("chipId")).isEqualTo(parsed.get("chip_id"));
        assertThat(shown.getAsJsonObject("policy").get("raw").getAsString())
                .isEqualTo(parsed.get("policy").getAsString());
        assertThat(shown.getAsJsonObject("launchTcb").get("fmc").getAsInt()).isEqualTo(1);
    }

    @Test
    void aReportThatAzureWrapsIsShownAndJudgedByItsSignatureButIsNobodysAnswerWithoutAQuote() throws Exception {
        var keys =
                "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}],\"vm-configuration\":{}}"
                        .formatted(Base64.getUrlEncoder().withoutPadding().encodeToString(modulus()));
        byte[] claims = keys.getBytes(StandardCharsets.US_ASCII);
        var wrapped = ByteBuffer.allocate(0x4D4 + claims.length).order(ByteOrder.LITTLE_ENDIAN);
        wrapped.putInt(0, 0x414C4348).putInt(4, 1).putInt(8, wrapped.capacity()).putInt(12, 2);
        wrapped.put(0x20, Files.readAllBytes(MILAN.resolve("report.bin")));
        wrapped.putInt(0x4C0, 20 + claims.length)
                .putInt(0x4C4, 1)
                .putInt(0x4C8, 2)
                .putInt(0x4CC, 1);
        wrapped.putInt(0x4D0, claims.length).put(0x4D4, claims);
        var file = Files.write(folder.resolve("hcl.bin"), wrapped.array()).toString();
        var vcek = MILAN.resolve("vcek.der").toString();

        desk.husk("snp", "show", file).succeeds("report that Azure wraps", "Milan");
        desk.husk("snp", "verify", file, "--certificate", vcek, "--signature-only")
                .succeeds("signed by a key that chains to AMD's root");
        desk.husk("snp", "verify", file, "--certificate", vcek, "--expect", file("e.json", met().toString()))
                .failsWith(ExitCodes.UNUSABLE, "without the quote over it");

        Files.write(folder.resolve("cut.bin"), Arrays.copyOf(wrapped.array(), 600));
        desk.husk("snp", "show", folder.resolve("cut.bin").toString()).failsWith(ExitCodes.UNUSABLE, "0x258");
        desk.husk("snp", "show", file("azure.json", "{\"version\":2,\"hcl_report\":\"\"}"))
                .failsWith(ExitCodes.UNUSABLE, "tpm_quote");
    }

    /** Of 2048 bits, and nobody's. */
    private static byte[] modulus() {
        byte[] modulus = new byte[256];
        Arrays.fill(modulus, (byte) 0xa5);
        return modulus;
    }
}
