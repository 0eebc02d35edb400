package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.cli.gateway.Check;
import dev.husk.cli.gateway.GatewayJudge;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.snp.Revocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
                policy: {debug: false, migrationAgent: false, smt: any, singleSocket: any, ciphertextHiding: any}
                chips: any
                vmpl: ["0"]
                platformInfo: any
                idKeys: any
                authorKeys: any
                providers: none
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

    private String endorsed(PartySigner by, HpkeKeyPair key) {
        var keys = new JsonObject();
        keys.addProperty("hpke", Base64Url.encode(key.publicKey()));
        keys.addProperty("log", gateway.log.key.text());
        var payload = new JsonObject();
        payload.addProperty("action", "endorse");
        payload.add("keys", keys);
        return SignedStatement.sign(by, payload);
    }

    @Test
    void newKeysAfterARecoveryAreTakenWhereTheLogKeyEndorsesThemAndNoOtherwise() {
        pin();
        desk.husk("gateway", "verify").succeeds();
        gateway.hpke = HpkeKeyPair.generate();
        gateway.endorsement = endorsed(PartySigner.generate(), gateway.hpke);
        refused("HPKE key: CHANGED since it was pinned");
        gateway.endorsement = endorsed(gateway.log.signer, HpkeKeyPair.generate());
        refused("HPKE key: CHANGED since it was pinned");
        gateway.endorsement = endorsed(gateway.log.signer, gateway.hpke);
        desk.husk("gateway", "verify")
                .succeeds("new since a recovery of the gateway or a change of its holders, and endorsed");
        gateway.endorsement = "";
        desk.husk("gateway", "verify").succeeds("HPKE key: the same as at the first verification");
    }

    @Test
    void whoCouldRecoverTheGatewayIsShownAndMayNotChangeUnnoticed() {
        gateway.recovery = policy("anna", "lab");
        pin();
        desk.husk("gateway", "verify").succeeds("recovery: seen for the first time: any 2 of these 2", "anna (x25519:");
        gateway.recovery = policy("anna", "operator");
        refused("recovery: CHANGED since it was pinned");
        gateway.recovery = JsonNull.INSTANCE;
        refused("nobody holds shares");
    }

    /** What a gateway says of its state key, of one kind, and its peers, with these members of a platform changed. */
    private static JsonObject stateKey(String source, String... peers) {
        var json = JsonParser.parseString("{\"sources\":[\"" + source + "\"],\"peers\":[]}")
                .getAsJsonObject();
        for (var change : peers) {
            var platform = JsonParser.parseString(SIMULATED).getAsJsonObject();
            JsonParser.parseString(change).getAsJsonObject().asMap().forEach(platform::add);
            json.getAsJsonArray("peers").add(platform);
        }
        return json;
    }

    private static final String SIMULATED = """
            {"name":"peers","tee":"simulated","binding":"sandbox","products":"any","measurements":["%s"],
             "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any","authorKeys":"any","providers":"none",
             "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}""".formatted("1".repeat(96));

    @Test
    void whereTheStateKeyComesFromAndGoesToIsShown() {
        pin();
        desk.husk("gateway", "verify")
                .succeeds(
                        "ok     state key: in a FILE, which whoever runs the gateway can read (file)",
                        "ok     peers: no other machine gets its state key");
        gateway.stateKey = stateKey("snp", "{}");
        pin();
        desk.husk("gateway", "verify")
                .succeeds(
                        "ok     state key: sealed by the processor",
                        "ok     peers: its state key goes to machines that you accept: simulated, launched software");
    }

    @Test
    void aStateKeyThatComesFromElsewhereThanAtThePinOrGoesElsewhereIsRefusedUntilThen() {
        gateway.stateKey = stateKey("snp", "{}");
        pin();
        desk.husk("gateway", "verify").succeeds();
        gateway.stateKey = stateKey("file", "{}");
        refused("state key: CHANGED since it was pinned: it is now also in a FILE");
        gateway.stateKey = stateKey("snp", "{}", "{\"measurements\":\"any\"}");
        refused("peers: CHANGED since it was pinned: its state key now also goes to simulated, launched software any");
        pin();
        desk.husk("gateway", "verify").succeeds();
        // Less than before, a replica more, and another name are no reason to pin anew.
        gateway.stateKey = stateKey("peer", "{\"name\":\"renamed\"}");
        gateway.stateKey.getAsJsonArray("sources").add("snp");
        desk.husk("gateway", "verify").succeeds();
    }

    @Test
    void aStateKeyForMachinesThatWereNotPinnedIsRefusedWhereverASecretWouldLeave() throws Exception {
        gateway.recovery = gateway.recoveryPolicy;
        pin();
        desk.husk("gateway", "verify").succeeds();
        gateway.stateKey = stateKey("file", "{\"vmpl\":[\"0\",\"3\"]}");
        pin();
        refused("peers: its state key goes to machines that you did not pin (vmpl)");
        desk.husk("gateway", "recovery-shares", "--as", "anna").failsWith(1, "did not pin (vmpl)", "nothing was sent");
        desk.husk("gateway", "recover", "--as", "anna").failsWith(1, "did not pin (vmpl)", "no share was sent");
        var peers = Files.writeString(
                folder.resolve("peers.json"),
                stateKey("file", "{\"vmpl\":[\"0\",\"3\",\"2\"]}")
                        .getAsJsonArray("peers")
                        .get(0)
                        .toString());
        desk.husk(
                        "gateway",
                        "pin",
                        "--simulated-root",
                        FakeGateway.Simulator.ROOT.toString(),
                        "--peers",
                        peers.toString())
                .succeeds("its state key may also go to: SIMULATED hardware");
        desk.husk("gateway", "verify").succeeds("ok     peers: its state key goes to machines that you accept");
        gateway.stateKey = stateKey("snp", "{\"tee\":\"snp\"}");
        refused("did not pin (tee)");
        gateway.stateKey = stateKey("snp", "{\"vmpl\":\"any\"}");
        refused("did not pin (vmpl)");
        gateway.stateKey = stateKey("vault");
        refused("from an unknown source 'vault'");
    }

    @Test
    void aPinOfAVersionThatDidNotLookAtTheStateKeyIsMadeAnew() throws Exception {
        pin();
        desk.husk("gateway", "verify").succeeds();
        var file = desk.settings().pinFile();
        var pin = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        pin.remove("stateKey");
        Files.writeString(file, pin.toString());
        desk.husk("gateway", "verify").failsWith(2, "'stateKey'", "husk gateway pin");
    }

    private static JsonObject policy(String... names) {
        var holders = new JsonArray();
        for (var name : names) {
            var holder = new JsonObject();
            holder.addProperty("name", name);
            holder.addProperty("key", "x25519:" + Base64Url.encode(new byte[32]));
            holders.add(holder);
        }
        var json = new JsonObject();
        json.addProperty("threshold", 2);
        json.add("holders", holders);
        return json;
    }

    @Test
    void everyMemberThatTheEvidenceCoversIsCovered() {
        pin();
        for (var member : List.of("checkpoint", "contracts", "endorsement", "keys", "recovery", "stateKey", "tls")) {
            gateway.evidence = answer -> {
                answer.remove(member);
                return answer;
            };
            refused("cannot be read");
        }
        gateway.evidence = answer -> {
            answer.addProperty("tls", "sha256:" + "0".repeat(64));
            return answer;
        };
        refused("REPORT_DATA_MISMATCH");
        gateway.evidence = answer -> {
            answer.add("stateKey", stateKey("snp"));
            return answer;
        };
        refused("REPORT_DATA_MISMATCH");
        gateway.evidence = answer -> {
            answer.add("recovery", policy("anna", "operator"));
            return answer;
        };
        refused("REPORT_DATA_MISMATCH");
    }

    @Test
    void theCertificateOfTheConnectionMustBeTheOneThatTheEvidenceNames() throws Exception {
        pin();
        gateway.tls = "sha256:" + "a".repeat(64);
        desk.husk("gateway", "verify").succeeds("TLS: not used");
        var pin = GatewayPin.require(desk.settings());
        var judge =
                new GatewayJudge(pin.values(), pin.known(), Revocation.lists(Map.of()), List.of(), Clock.systemUTC());
        var nonce = Base64Url.random(32);
        var request = new JsonObject();
        request.addProperty("nonce", nonce);
        var answer = GatewayClient.of(gateway.url(), java.util.Optional.empty())
                .ask("v1/gateway/evidence", request)
                .json()
                .getAsJsonObject();
        assertThat(judge.judge(nonce, answer, Optional.of(gateway.tls)).gateway())
                .isPresent();
        var other = judge.judge(nonce, answer, Optional.of("sha256:" + "b".repeat(64)));
        assertThat(other.gateway()).isEmpty();
        assertThat(other.failures()).extracting(Check::name).containsExactly("TLS");
    }

    @Test
    void aShareIsFetchedFromAVerifiedGatewayAndHandedToAVerifiedOne() throws Exception {
        gateway.recovery = gateway.recoveryPolicy;
        var key = desk.husk("party", "recovery-key", "anna")
                .succeeds("x25519:")
                .out()
                .strip();
        desk.husk("party", "recovery-key", "anna").succeeds(key);
        gateway.shareFor("anna", Base64Url.decode(key.substring("x25519:".length())), "the share of anna");
        desk.husk("gateway", "recovery-shares", "--as", "anna").failsWith(1, "no gateway is pinned");
        pin();
        desk.husk("gateway", "recover", "--as", "anna").failsWith(2, "recovery-shares");
        desk.husk("gateway", "recovery-shares", "--as", "anna").succeeds("share 1 kept in", "any 2 shares");
        assertThat(Files.readString(folder.resolve("parties/anna.share.json"))).doesNotContain("the share of anna");

        desk.husk("gateway", "recover", "--as", "anna").succeeds("SIMULATED", "There are shares of anna; it takes 2");
        assertThat(gateway.handedIn).containsEntry("anna", "the share of anna");

        gateway.recoveryNonce = asked -> "A".repeat(43);
        gateway.handedIn.clear();
        desk.husk("gateway", "recover", "--as", "anna").failsWith(1, "REPORT_DATA_MISMATCH", "no share was sent");
        gateway.recoveryNonce = asked -> asked;
        desk.husk("gateway", "verify").succeeds();
        gateway.recoveryPolicy = policy("operator", "other");
        desk.husk("gateway", "recover", "--as", "anna").failsWith(1, "recovery: CHANGED");
        assertThat(gateway.handedIn).isEmpty();
    }

    @Test
    void sharesThatNobodyFetchedAndHoldersToAgreeToAreShownAndAHolderAgreesToWhatItSaw() throws Exception {
        var holders = policy("anna", "lab");
        holders.add("unfetched", JsonParser.parseString("[\"lab\"]"));
        gateway.recovery = holders;
        gateway.recoveryPolicy = policy("anna", "lab");
        var key = desk.husk("party", "recovery-key", "anna").out().strip();
        gateway.shareFor("anna", Base64Url.decode(key.substring("x25519:".length())), "the share of anna");
        pin();
        desk.husk("gateway", "verify").succeeds("recovery shares: not yet fetched by lab");
        desk.husk("gateway", "recovery-shares", "--as", "anna").succeeds("share 1 kept in");
        var change = policy("anna", "operator");
        var digest = Digests.sha256(CanonicalJson.encode(change));
        desk.husk("gateway", "recovery-shares", "--as", "anna", "--accept-holders", digest)
                .failsWith(1, "names no holders " + digest);
        holders.add("change", change);
        desk.husk("gateway", "verify")
                .succeeds("recovery holders: the gateway's configuration names others", "operator (x25519:", digest);
        desk.husk("gateway", "recovery-shares", "--as", "anna", "--accept-holders", "sha256:" + "0".repeat(64))
                .failsWith(1, "nothing was sent");
        assertThat(gateway.accepted).isEmpty();
        desk.husk("gateway", "recovery-shares", "--as", "anna", "--accept-holders", digest)
                .succeeds("noted. anna agreed; it takes 2.");
        assertThat(gateway.accepted).containsEntry("anna", "the share of anna");
    }

    @Test
    void aShareForAnotherKeyIsSaidSo() throws Exception {
        desk.husk("party", "recovery-key", "anna").succeeds();
        try (var other = HpkeKeyPair.generate()) {
            gateway.shareFor("anna", other.publicKey(), "somebody else's");
        }
        pin();
        desk.husk("gateway", "recovery-shares", "--as", "anna").failsWith(1, "not sealed to the recovery key of anna");
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
