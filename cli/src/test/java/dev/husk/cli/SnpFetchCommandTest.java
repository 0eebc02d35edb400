package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code husk snp fetch} against a Key Distribution Service on this machine, with AMD's own certificates. */
class SnpFetchCommandTest {
    private static final Path VECTORS = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-06-01T00:00:00Z"), ZoneOffset.UTC);
    private static final Path MILAN = VECTORS.resolve("reports/00d244d8d4/report.bin");
    private static final Path OLD_MILAN = VECTORS.resolve("reports/0353f43312/report.bin");
    private static final Path TURIN = VECTORS.resolve("reports/067d21b829/report.bin");
    private static final Path VLEK = VECTORS.resolve("reports/0dd5c5af85/report.bin");

    @TempDir
    Path folder;

    private final Map<String, byte[]> content = new HashMap<>();
    private UnaryOperator<FakeServer.Answer> change = answer -> answer;
    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        assertThat(VECTORS)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        content.put("/vcek/v1/Milan/" + chip(MILAN, 64), vector("reports/00d244d8d4/vcek.der"));
        content.put("/vcek/v1/Milan/" + chip(OLD_MILAN, 64), vector("reports/0353f43312/vcek.der"));
        content.put("/vcek/v1/Turin/" + chip(TURIN, 8), vector("reports/067d21b829/vcek.der"));
        for (var product : List.of("Milan", "Turin")) {
            content.put("/vcek/v1/" + product + "/cert_chain", chain("SEV-" + product, product));
        }
        content.put("/vlek/v1/Milan/cert_chain", chain("SEV-VLEK-Milan", "Milan"));
        content.put("/vcek/v1/Milan/crl", vector("amd-ca/crl/ARK-Milan-2025-05-06.crl"));
        server = new FakeServer() {
            @Override
            Answer answer(Request request) {
                var body = content.get(request.path());
                return change.apply(new Answer(body == null ? 404 : 200, body == null ? new byte[0] : body, Map.of()));
            }
        };
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] vector(String name) throws IOException {
        return Files.readAllBytes(VECTORS.resolve(name));
    }

    private static byte[] chain(String issuer, String product) throws IOException {
        return (Files.readString(VECTORS.resolve("amd-ca/" + issuer + ".pem"))
                        + Files.readString(VECTORS.resolve("amd-ca/ARK-" + product + ".pem")))
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static String chip(Path report, int length) throws IOException {
        byte[] bytes = Files.readAllBytes(report);
        return java.util.HexFormat.of().formatHex(bytes, 0x1A0, 0x1A0 + length);
    }

    private Path into() {
        return folder.resolve("collateral");
    }

    private Desk.Outcome fetch(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var line = new CommandLine(new SnpFetchCommand(Settings.in(folder.resolve("home")), CLOCK))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("husk: " + (e instanceof IOException ? Problems.of(e) : e.getMessage()));
                    return e instanceof CommandFailed failed ? failed.exitCode() : ExitCodes.UNUSABLE;
                });
        int exit = line.execute(Stream.concat(
                        Arrays.stream(arguments),
                        Stream.of("--into", into().toString(), "--from", server.url(), "--wait", "0"))
                .toArray(String[]::new));
        return new Desk.Outcome(exit, out.toString(), err.toString());
    }

    private List<String> written() throws IOException {
        try (var files = Files.walk(into())) {
            return files.filter(Files::isRegularFile)
                    .map(file -> into().relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aReportIsEnoughAndEachPieceIsSaidWithItsAddressFileAndEnd() throws Exception {
        fetch("--report", MILAN.toString())
                .succeeds(
                        "the VCEK of Milan chip " + chip(MILAN, 64) + " at TCB 4.0.24.219",
                        server.url() + "vcek/v1/Milan/" + chip(MILAN, 64)
                                + "?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219",
                        into().resolve("vcek") + "/" + chip(MILAN, 64) + "/bl04_tee00_snp24_ucode219_vcek.der",
                        "valid until  2032-01-27T23:17:04Z",
                        "the VCEK chain of Milan",
                        "the revocation list of Milan",
                        "valid until  2026-05-12T00:00:00Z",
                        "nothing of it is verified yet");
        assertThat(written())
                .containsExactly(
                        "Milan.crl",
                        "Milan/cert_chain.pem",
                        "vcek/" + chip(MILAN, 64) + "/bl04_tee00_snp24_ucode219_vcek.der");
        assertThat(into().resolve("Milan.crl")).hasBinaryContent(vector("amd-ca/crl/ARK-Milan-2025-05-06.crl"));
    }

    @Test
    void aSecondCallAsksTheServerForNothingAndSaysSo() {
        fetch("--report", MILAN.toString()).succeeds();
        fetch("--report", MILAN.toString()).succeeds("(kept from an earlier call)");
        assertThat(server.seen).hasSize(3);
    }

    @Test
    void aScriptGetsOneLineOfJson() {
        var outcome = fetch("--report", MILAN.toString(), "--json").succeeds();
        assertThat(outcome.out().strip().lines()).hasSize(1);
        var json = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(json.get("into").getAsString()).isEqualTo(into().toString());
        assertThat(json.get("from").getAsString()).isEqualTo(server.url());
        var items = json.getAsJsonArray("fetched").asList().stream()
                .map(item -> item.getAsJsonObject())
                .toList();
        assertThat(items).extracting(item -> text(item, "kind")).containsExactly("vcek", "chain", "revocation-list");
        assertThat(items).allSatisfy(item -> {
            assertThat(text(item, "product")).isEqualTo("Milan");
            assertThat(text(item, "address")).startsWith(server.url() + "vcek/v1/Milan/");
            assertThat(Path.of(text(item, "file"))).exists();
            assertThat(Instant.parse(text(item, "validUntil"))).isAfter(CLOCK.instant());
            assertThat(item.get("cached").getAsBoolean()).isFalse();
        });
    }

    private static String text(JsonObject item, String name) {
        return item.get(name).getAsString();
    }

    @Test
    void aReportOfVersionTwoNeedsItsProduct() throws Exception {
        fetch("--report", OLD_MILAN.toString()).failsWith(2, "version 2", "--product");
        fetch("--report", OLD_MILAN.toString(), "--product", "Milan").succeeds("at TCB 3.0.8.115");
        fetch("--report", MILAN.toString(), "--product", "Genoa").failsWith(2, "the report is of Milan, not Genoa");
    }

    @Test
    void aChipCanBeNamedInstead() throws Exception {
        content.put("/vcek/v1/Turin/crl", vector("amd-ca/crl/ARK-Milan-2025-05-06.crl"));
        fetch("--product", "Milan", "--chip", chip(MILAN, 64), "--tcb", "bl=4,tee=0,snp=24,ucode=219")
                .succeeds("bl04_tee00_snp24_ucode219_vcek.der");
        fetch("--product", "Turin", "--chip", chip(TURIN, 8), "--tcb", "fmc=1,bl=1,tee=1,snp=4,ucode=81")
                .failsWith(1, "asked for the revocation list of Turin", "what was fetched before it is in");
        assertThat(written()).contains("vcek/" + chip(TURIN, 8) + "/bl01_tee01_snp04_ucode81_fmc01_vcek.der");
    }

    @Test
    void oneKindCanBeChosenAndThenTheProductIsEnough() throws Exception {
        fetch("--product", "Milan", "--crl").succeeds("the revocation list of Milan");
        assertThat(written()).containsExactly("Milan.crl");
        fetch("--product", "Milan", "--chain").succeeds("the VCEK chain of Milan");
        fetch("--product", "Milan", "--chain", "--crl", "--vlek").succeeds("the VLEK chain of Milan");
        fetch("--report", TURIN.toString(), "--chain").succeeds("the VCEK chain of Turin");
        assertThat(written())
                .containsExactly(
                        "Milan.crl", "Milan/cert_chain.pem", "Milan/vlek_cert_chain.pem", "Turin/cert_chain.pem");
    }

    @Test
    void ofAReportUnderAVlekTheChainAndTheListAreFetched() throws Exception {
        fetch("--report", VLEK.toString(), "--product", "Milan").succeeds("the VLEK chain of Milan");
        assertThat(written()).containsExactly("Milan.crl", "Milan/vlek_cert_chain.pem");
    }

    @Test
    void whatTheServerDoesNotHaveIsARefusalAndWhatItLimitsIsUnreachable() {
        content.clear();
        fetch("--report", MILAN.toString()).failsWith(1, "the VCEK of Milan chip", "status 404");
        change = answer -> new FakeServer.Answer(429, new byte[0], Map.of("Retry-After", "120"));
        fetch("--product", "Milan", "--crl").failsWith(3, "status 429", "not called before 2025-06-01T00:02:00Z");
        int calls = server.seen.size();
        fetch("--product", "Milan", "--chain").failsWith(3, "not called before 2025-06-01T00:02:00Z");
        assertThat(server.seen).hasSize(calls);
    }

    @Test
    void aServerThatLiesIsNotBelievedAndNothingIsWritten() throws Exception {
        content.put("/vcek/v1/Milan/" + chip(MILAN, 64), vector("reports/0353f43312/vcek.der"));
        fetch("--report", MILAN.toString()).failsWith(1, "gave a certificate that is not of this chip");
        assertThat(into()).doesNotExist();
    }

    @Test
    void whatCannotBeUsedIsNamedInOneLine() throws Exception {
        fetch().failsWith(2, "--report", "--product");
        fetch("--product", "Rome", "--crl").failsWith(2, "no product 'Rome'", "Milan, Genoa or Turin");
        fetch("--product", "Milan").failsWith(2, "which chip?", "--chip", "--tcb");
        fetch("--report", folder.resolve("none").toString()).failsWith(2, "no file");
        var text = Files.writeString(folder.resolve("text"), "hello");
        fetch("--report", text.toString()).failsWith(2, "is not a report", "offset");
        fetch("--report", MILAN.toString(), "--chip", "00").failsWith(2, "--report, or --chip");
        for (var tcb : List.of(
                "",
                "4.0.24.219",
                "bl=4",
                "bl=4,tee=0,snp=24,ucode=256",
                "bl=4,bl=4,tee=0,snp=24,ucode=2",
                "bl=-1",
                "bl=4,tee=0,snp=24,ucode=219,fmc=1")) {
            fetch("--product", "Milan", "--chip", chip(MILAN, 64), "--tcb", tcb).failsWith(2, "--tcb");
        }
        fetch("--product", "Turin", "--chip", chip(TURIN, 8), "--tcb", "bl=1,tee=1,snp=4,ucode=81")
                .failsWith(2, "fmc is missing");
        for (var chip : List.of("zz", "0", "00".repeat(64), "01".repeat(63))) {
            fetch("--product", "Milan", "--chip", chip, "--tcb", "bl=4,tee=0,snp=24,ucode=219")
                    .failsWith(2, "--chip");
        }
        assertThat(server.seen).isEmpty();
    }

    @Test
    void aReportWithAMaskedChipIdIsSaid() throws Exception {
        byte[] masked = Files.readAllBytes(MILAN);
        Arrays.fill(masked, 0x1A0, 0x1E0, (byte) 0);
        var file = Files.write(folder.resolve("masked"), masked);
        fetch("--report", file.toString()).failsWith(2, "masked");
        fetch("--report", file.toString(), "--crl").succeeds();
    }

    @Test
    void anAddressWithoutTlsIsRefused() {
        var err = new StringWriter();
        int exit = new CommandLine(new SnpFetchCommand(Settings.in(folder), CLOCK))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(e.getMessage());
                    return ((CommandFailed) e).exitCode();
                })
                .execute("--product", "Milan", "--crl", "--into", folder.toString(), "--from", "http://kds.example/");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("must be https");
    }

    @Test
    void theHelpNamesTheExamplesAndWhatIsNotFetched() {
        var usage = new CommandLine(new SnpFetchCommand(Settings.in(folder), CLOCK)).getUsageMessage();
        assertThat(usage)
                .contains("husk snp fetch --report report.bin", "HUSK_CRL_DIR", "VLEK", "https://kdsintf.amd.com/");
    }
}
