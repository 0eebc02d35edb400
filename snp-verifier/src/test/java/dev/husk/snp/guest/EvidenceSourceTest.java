package dev.husk.snp.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceSourceTest {
    private static final Path REPORTS =
            Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp/reports");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "agent:http://127.0.0.1:8006,agent",
        "simulator:http://localhost:1/x,SIMULATED",
        "configfs-tsm,configfs-tsm",
        "configfs-tsm:/config/tsm/report,configfs-tsm",
        "sev-guest,sev-guest",
        "sev-guest:/dev/other,sev-guest",
        "auto,auto"
    })
    void everySourceHasItsWord(String text, String name) {
        assertThat(EvidenceSource.of(text).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "auto:",
                "auto:/dev/sev-guest",
                "AUTO",
                "agent",
                "simulator",
                "sev-guest:",
                "sev-guest:dev",
                "configfs-tsm:",
                "configfs-tsm:../x",
                "agent:https://127.0.0.1",
                "agent:http://10.0.0.1/",
                "simulator:http://example.org/",
                "simulators:http://127.0.0.1/"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> EvidenceSource.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void autoAsksTheAgentThenTheKernelAndNeverASimulator() {
        var auto = (FirstEvidence) EvidenceSource.of("auto");
        assertThat(auto.sources())
                .extracting(EvidenceSource::name)
                .containsExactly("agent", "configfs-tsm", "sev-guest");
    }

    /** A source that answers its own name, or nothing. */
    private record Scripted(String name, boolean answers, List<String> asked) implements EvidenceSource {
        @Override
        public String evidence(byte[] reportData) throws IOException {
            asked.add(name);
            if (answers) {
                return name;
            }
            throw new IOException(name + " is absent");
        }
    }

    @Test
    void theFirstSourceThatAnswersIsTakenEachTimeAnew() throws Exception {
        var asked = new ArrayList<String>();
        var source = new FirstEvidence(List.of(
                new Scripted("one", false, asked),
                new Scripted("two", true, asked),
                new Scripted("three", true, asked)));
        assertThat(source.evidence(new byte[64])).isEqualTo("two");
        assertThat(source.evidence(new byte[64])).isEqualTo("two");
        assertThat(asked).containsExactly("one", "two", "one", "two");
    }

    @Test
    void whereNoneAnswersEachSaysWhy() {
        var asked = new ArrayList<String>();
        var source = new FirstEvidence(List.of(new Scripted("one", false, asked), new Scripted("two", false, asked)));
        assertThatThrownBy(() -> source.evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessage("no evidence source answers: one is absent; two is absent")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
    }

    @Test
    void anInterruptedThreadAsksNoFurtherSource() {
        var asked = new ArrayList<String>();
        var source = new FirstEvidence(List.of(new Scripted("one", false, asked), new Scripted("two", true, asked)));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> source.evidence(new byte[64])).isInstanceOf(IOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(asked).containsExactly("one");
    }

    @Test
    void theKernelsReportsReadLikeTheAgents() throws Exception {
        var report = Bytes.copyOf(Files.readAllBytes(REPORTS.resolve("067d21b829/report.bin")));
        var kernel = new FakeTsm(folder);
        kernel.report = inblob -> report.toArray();
        var source = new KernelEvidence("configfs-tsm", data -> new ConfigfsTsm(kernel).report(data, 0));
        var text = source.evidence(report.slice(0x50, 64).toArray());
        assertThat(KbsEvidence.parse(JsonParser.parseString(text).getAsJsonObject())
                        .report())
                .isEqualTo(report);
        byte[] odd = report.toArray();
        odd[0x49F] = 1;
        kernel.report = inblob -> odd;
        assertThatThrownBy(() -> source.evidence(report.slice(0x50, 64).toArray()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the evidence source (configfs-tsm) gave nonsense: attestation report, offset");
        kernel.auxblob = new byte[] {1};
        assertThatThrownBy(() -> source.evidence(report.slice(0x50, 64).toArray()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the evidence source (configfs-tsm) gave nonsense: certificate table, offset");
    }

    @Test
    void withoutADeviceTheTextSaysWhatToDo() {
        var source = EvidenceSource.of("sev-guest:" + folder.resolve("absent"));
        assertThatThrownBy(() -> source.evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("errno 2 (ENOENT)")
                .hasMessageContaining("modprobe sev-guest");
        assertThatThrownBy(() -> source.evidence(new byte[63])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileThatIsNoDeviceIsRefusedByTheKernelItself() throws Exception {
        var file = Files.createFile(folder.resolve("plain"));
        var source = EvidenceSource.of("sev-guest:" + file);
        assertThatThrownBy(() -> source.evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SNP_GET_EXT_REPORT failed: errno 25 (ENOTTY)");
    }
}
