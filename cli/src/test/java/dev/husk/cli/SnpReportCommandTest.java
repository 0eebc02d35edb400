package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SnpReportCommandTest {
    @TempDir
    static Path processors;

    @TempDir
    Path folder;

    private EvidenceServer server;
    private SimulatedProcessor processor;
    private String source;

    @BeforeEach
    void start() throws Exception {
        processor = SimulatedProcessor.open(processors);
        server = EvidenceServer.start();
        source = "simulator:" + server.add(processor.launch(new byte[48], new byte[32], 0x30000));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Desk.Outcome report(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        // As the husk command runs its subcommands: failures are one line.
        var main = Main.commandLine(Settings.of(Map.of("HUSK_HOME", "/nonexistent")));
        int exit = new CommandLine(new SnpReportCommand())
                .setExecutionExceptionHandler(main.getExecutionExceptionHandler())
                .setParameterExceptionHandler(main.getParameterExceptionHandler())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Desk.Outcome(exit, out.toString(), err.toString());
    }

    @Test
    void theReportAndTheHostsCertificatesBecomeFiles() throws Exception {
        var file = folder.resolve("out/report.bin");
        var certificates = folder.resolve("certificates");
        report(
                        "--source",
                        source,
                        "--report-data",
                        "00ff10",
                        "--out",
                        file.toString(),
                        "--certificates",
                        certificates.toString())
                .succeeds(
                        file + ": a report of version 3 from SIMULATED",
                        "report data   00ff10" + "00".repeat(61),
                        "certificates  vcek.der, ask.der, ark.der in " + certificates,
                        "SIMULATED: this report comes from a simulator and proves nothing",
                        "Nothing was judged");
        var report = Bytes.copyOf(Files.readAllBytes(file));
        assertThat(report.length()).isEqualTo(1184);
        assertThat(report.slice(0x50, 64).toString()).isEqualTo("00ff10" + "00".repeat(61));
        assertThat(certificates.resolve("vcek.der"))
                .hasBinaryContent(processor.certificates().get(0));
        assertThat(certificates.resolve("ask.der"))
                .hasBinaryContent(processor.certificates().get(1));
        assertThat(certificates.resolve("ark.der"))
                .hasBinaryContent(processor.certificates().get(2));
        try (Stream<Path> all = Files.list(certificates)) {
            assertThat(all).hasSize(3);
        }
    }

    @Test
    void evidenceAsJsonIsPrintedAloneOrWritten() throws Exception {
        var nonce = Files.write(folder.resolve("nonce"), new byte[] {1, 2, 3});
        var printed = report("--source", source, "--nonce-file", nonce.toString(), "--json")
                .succeeds();
        assertThat(reportData(printed.out())).isEqualTo("010203" + "00".repeat(61));
        var file = folder.resolve("evidence.json");
        report("--source", source, "--nonce-file", nonce.toString(), "--json", "--out", file.toString())
                .succeeds(file + ": a report of version 3");
        assertThat(reportData(Files.readString(file))).isEqualTo("010203" + "00".repeat(61));
    }

    private static String reportData(String json) throws Exception {
        return KbsEvidence.parse(JsonParser.parseString(json).getAsJsonObject())
                .report()
                .slice(0x50, 64)
                .toString();
    }

    @Test
    void withoutANonceTheReportDataIsFresh() throws Exception {
        var first = reportData(report("--source", source, "--json").succeeds().out());
        var second = reportData(report("--source", source, "--json").succeeds().out());
        assertThat(first).isNotEqualTo(second).doesNotContain("00".repeat(16));
    }

    @Test
    void nothingThatExistsIsOverwritten() throws Exception {
        var file = Files.writeString(folder.resolve("report.bin"), "mine");
        report("--source", source, "--out", file.toString()).failsWith(2, file + " exists already");
        assertThat(file).hasContent("mine");
        var taken = Files.createDirectory(folder.resolve("certificates"));
        Files.writeString(taken.resolve("ask.der"), "mine");
        var other = folder.resolve("other.bin");
        report("--source", source, "--out", other.toString(), "--certificates", taken.toString())
                .failsWith(2, "ask.der exists already");
        assertThat(other).doesNotExist();
    }

    @Test
    void aMachineThatIsNoGuestIsToldSo() {
        report("--source", "sev-guest:" + folder.resolve("absent"))
                .failsWith(2, "may be no SEV-SNP guest", "ENOENT", "modprobe sev-guest");
        report("--source", "configfs-tsm:" + folder.resolve("absent"))
                .failsWith(2, "may be no SEV-SNP guest", "no confidential guest");
        server.close();
        report("--source", source).failsWith(2, "the evidence source (SIMULATED) does not answer");
    }

    @Test
    void unusableArgumentsAreExplained() throws Exception {
        report("--source", "tpm").failsWith(2, "--source: evidence comes from auto, agent:URL");
        report("--source", source, "--report-data", "xyz").failsWith(2, "--report-data is not hex");
        report("--source", source, "--report-data", "00".repeat(65)).failsWith(2, "1 to 64 bytes");
        report("--source", source, "--report-data", "").failsWith(2, "1 to 64 bytes");
        var empty = Files.createFile(folder.resolve("empty"));
        report("--source", source, "--nonce-file", empty.toString()).failsWith(2, "1 to 64 bytes");
        var large = Files.write(folder.resolve("large"), new byte[65]);
        report("--source", source, "--nonce-file", large.toString()).failsWith(2, "1 to 64 bytes");
        report("--source", source, "--nonce-file", folder.resolve("absent").toString())
                .failsWith(2, "no file");
        report("--source", source, "--nonce-file", empty.toString(), "--report-data", "00")
                .failsWith(2, "not both");
    }

    @Test
    void aSourceThatAnswersNonsenseIsNotBelieved() throws Exception {
        try (var liar = new FakeServer() {
            @Override
            Answer answer(Request request) throws IOException {
                return switch (request.path()) {
                    case "/text/aa/evidence" -> Answer.of(200, "\u001b[31m");
                    case "/list/aa/evidence" -> Answer.of(200, "[]");
                    case "/empty/aa/evidence" -> Answer.of(200, "{}");
                    default -> Answer.of(200, stale());
                };
            }
        }) {
            for (var path : new String[] {"text", "list", "empty"}) {
                report("--source", "agent:" + liar.url() + path)
                        .failsWith(2, "the evidence source (agent) gave nonsense");
            }
            report("--source", "agent:" + liar.url() + "stale").failsWith(2, "over other data than was asked for");
        }
    }

    private JsonObject stale() {
        var sandbox = processor.launch(new byte[48], new byte[32], 0x30000);
        return JsonParser.parseString(sandbox.evidence(new byte[64])).getAsJsonObject();
    }

    @Test
    void helpShowsExamplesAndEverySource() {
        report("--help")
                .succeeds("husk snp report --nonce-file", "configfs-tsm", "sev-guest", "agent:URL", "simulator:URL");
    }
}
