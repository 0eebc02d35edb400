package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.seal.HpkeKeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk gateway}: every way in which a gateway may not be the one that was pinned. */
class GatewayCommandTest {
    @TempDir
    Path folder;

    private Desk desk;
    private FakeGateway gateway;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        gateway = new FakeGateway(desk.contract());
        desk.set("HUSK_GATEWAY", gateway.url());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void pin() {
        desk.husk("gateway", "pin", "--simulated-root", FakeGateway.Simulator.ROOT.toString())
                .succeeds("pinned in", "SIMULATED", "any, NOT CHECKED", "forbidden");
    }

    @Test
    void aGatewayThatIsPinnedIsVerifiedWithEachCheckOnALineAndSimulatedInCapitals() {
        pin();
        desk.husk("gateway", "verify")
                .succeeds(
                        "ok     attestation: a SIMULATED processor",
                        "ok     fresh:",
                        "ok     log:",
                        "ok     log key: seen for the first time",
                        "SIMULATED: this gateway's hardware is a simulator",
                        "verified");
        gateway.log.append("suspended", "party", "anna");
        desk.husk("gateway", "verify").succeeds("the same as at the first verification", "grew from 4 to 5 entries");
    }

    @Test
    void aScriptGetsTheChecksAsJsonAndNothingElse() {
        pin();
        var json = JsonParser.parseString(
                        desk.husk("gateway", "verify", "--json").succeeds().out())
                .getAsJsonObject();
        assertThat(json.get("verified").getAsBoolean()).isTrue();
        assertThat(json.get("simulated").getAsBoolean()).isTrue();
        assertThat(json.getAsJsonArray("checks").size()).isGreaterThan(4);
    }

    @Test
    void withoutAPinNothingIsVerifiedAndTheLineSaysHowToPin() {
        desk.husk("gateway", "verify").failsWith(1, "no gateway is pinned", "husk gateway pin");
        assertThat(gateway.seen).isEmpty();
    }

    @Test
    void evidenceForAnotherNonceIsRefused() {
        pin();
        gateway.nonce = asked -> "A".repeat(43);
        refused("REPORT_DATA_MISMATCH");
    }

    @Test
    void keysThatTheEvidenceDoesNotCoverAreRefused() {
        pin();
        gateway.evidence = answer -> {
            try (var other = HpkeKeyPair.generate()) {
                answer.getAsJsonObject("keys")
                        .addProperty("hpke", dev.husk.protocol.json.Base64Url.encode(other.publicKey()));
                return answer;
            }
        };
        refused("REPORT_DATA_MISMATCH");
    }

    @Test
    void aReportOfAnotherProcessorIsRefused() throws Exception {
        pin();
        var other = dev.husk.snp.simulator.SimulatedProcessor.open(folder.resolve("other"))
                .launch(new byte[48], new byte[32], 0x30000);
        gateway.evidence = answer -> {
            answer.add("evidence", JsonParser.parseString(other.evidence(new byte[64])));
            return answer;
        };
        refused("CHAIN_UNTRUSTED");
    }

    @Test
    void aSimulatedGatewayIsRefusedWhereHardwareWasPinned() throws Exception {
        var platform = Files.writeString(folder.resolve("gateway.yaml"), """
                name: gateway
                tee: snp
                binding: sandbox
                products: [Genoa]
                measurements: ["%s"]
                hostData: any
                minimumTcb: {Genoa: {bootloader: 9, tee: 0, snp: 21, microcode: 72}}
                policy: {debug: false, migrationAgent: false, smt: any, singleSocket: any}
                chips: any
                vmpl: ["0"]
                """.formatted("0".repeat(96)));
        desk.husk("gateway", "pin", "--platform", platform.toString())
                .succeeds("certified by AMD's own root", "processors: Genoa");
        refused("CHAIN_UNTRUSTED");
    }

    @Test
    void aCheckpointThatTheLogKeyDidNotSignIsRefused() {
        pin();
        gateway.log.signer = PartySigner.generate();
        refused("the log key did not sign");
    }

    @Test
    void aGatewayWhoseKeysChangedIsRefusedUntilItIsPinnedAgain() {
        pin();
        desk.husk("gateway", "verify").succeeds();
        gateway.hpke = HpkeKeyPair.generate();
        refused("HPKE key: CHANGED since it was pinned");
        pin();
        desk.husk("gateway", "verify").succeeds();
    }

    @Test
    void aLogThatShrankOrWasRewrittenIsRefused() {
        pin();
        gateway.log.appendForeign();
        desk.husk("gateway", "verify").succeeds();
        gateway.log.leaves.remove(4);
        refused("SHRANK from 5 to 4");
        gateway.log.appendForeign();
        refused("REWRITTEN");
        gateway.log.appendForeign();
        refused("REWRITTEN");
        var honest = gateway.log.checkpoint();
        gateway.checkpoint = Optional.of(honest);
        refused("REWRITTEN");
    }

    @Test
    void anAnswerThatIsNoEvidenceIsSaidInOneLine() {
        pin();
        gateway.evidence = answer -> {
            answer.remove("evidence");
            return answer;
        };
        refused("cannot be read");
        gateway.evidence = answer -> {
            answer.getAsJsonObject("evidence")
                    .getAsJsonObject("attestation_report")
                    .addProperty("version", "three");
            return answer;
        };
        refused("cannot be read");
    }

    @Test
    void aPinThatCannotBeIsNamed() throws Exception {
        desk.husk("gateway", "pin").failsWith(2, "--platform", "--simulated-root");
        desk.husk("gateway", "pin", "--simulated-root", folder.resolve("none").toString())
                .failsWith(2, "no file");
        var text = Files.writeString(folder.resolve("not.der"), "hello");
        desk.husk("gateway", "pin", "--simulated-root", text.toString()).failsWith(2, "not a certificate");
        var half = Files.writeString(folder.resolve("half.yaml"), "name: gateway\ntee: snp\n");
        desk.husk("gateway", "pin", "--platform", half.toString())
                .failsWith(2, "measurements: is missing", "vmpl: is missing");
        Files.writeString(folder.resolve("gateway.pin.json"), "{\"platform\":");
        desk.husk("gateway", "verify").failsWith(2, "gateway.pin.json");
        Files.writeString(folder.resolve("gateway.pin.json"), "{\"platform\":{},\"simulatedRoot\":\"AAAA\"}");
        desk.husk("gateway", "verify").failsWith(2, "gateway.pin.json");
    }

    private void refused(String words) {
        var outcome = desk.husk("gateway", "verify");
        assertThat(outcome.exit()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out()).contains("FAILED", words, "NOT VERIFIED").doesNotContain("\nverified");
    }
}
