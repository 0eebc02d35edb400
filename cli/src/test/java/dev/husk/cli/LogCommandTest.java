package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.log.TileTree;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk log}: an honest log, and each lie that a gateway could tell about it. */
class LogCommandTest {
    @TempDir
    Path folder;

    private Desk desk;
    private FakeGateway gateway;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        gateway = new FakeGateway(desk.contract());
        desk.set("HUSK_GATEWAY", gateway.url());
        desk.pinAndVerify();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Desk.Outcome verify() {
        return desk.husk("log", "verify", "heart-risk", "--as", "anna");
    }

    private void alarm(String... words) {
        var outcome = verify();
        assertThat(outcome.exit()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.err()).contains("ALARM").contains(words);
        assertThat(outcome.out()).doesNotContain("verified:");
    }

    private FakeLog log() {
        return gateway.log;
    }

    @Test
    void anHonestLogIsVerifiedAndTellsItsEventsInPlainWords() {
        var refused = new JsonObject();
        refused.addProperty("event", "refused");
        refused.addProperty("time", "2026-11-25T10:00:09Z");
        refused.addProperty("what", "release");
        refused.addProperty("function", "train");
        var reason = new JsonObject();
        reason.addProperty("code", "CODE_UNKNOWN");
        reason.addProperty("detail", "no active contract names this archive");
        var reasons = new JsonArray();
        reasons.add(reason);
        refused.add("reasons", reasons);
        log().append(refused);
        verify().succeeds(
                        "anna proposed the contract, version 1",
                        "lab accepted the contract",
                        "REFUSED: release for train\n    - CODE_UNKNOWN: no active contract names this archive",
                        "verified: all 4 events of heart-risk are in the log of 5 entries");
    }

    private FakeLog.Entry released() {
        var details = Details.ofRun(Base64Url.encode(new byte[32]), parameters("17,3"));
        var event = new JsonObject();
        event.addProperty("event", "released");
        event.addProperty("function", "train");
        event.add("parameters", new JsonArray());
        event.getAsJsonArray("parameters").add("rows");
        event.addProperty("details", details.digest());
        log().append(event);
        var entry = log().entries.get(log().entries.size() - 1);
        entry.details = Optional.of(details);
        return entry;
    }

    private static JsonObject parameters(String rows) {
        var parameters = new JsonObject();
        parameters.addProperty("rows", rows);
        return parameters;
    }

    @Test
    void detailsAreToldToWhomTheyAreShownAndMissedByNobodyElse() {
        var entry = released();
        verify().succeeds("parameters {\"rows\":\"17,3\"}", "verified: all 4 events");
        desk.husk("log", "show", "heart-risk", "--as", "anna").succeeds("parameters {\"rows\":\"17,3\"}");
        entry.details = Optional.empty();
        assertThat(verify().succeeds("parameters rows (values withheld)", "verified: all 4 events")
                        .out())
                .doesNotContain("17,3");
    }

    @Test
    void detailsThatTheEventWasNotLoggedWithAreFound() {
        released().details = Optional.of(Details.ofRun(Base64Url.encode(new byte[32]), parameters("99")));
        alarm("what the gateway shows as event 3 (released) is not what stands in the log");
    }

    @Test
    void leavesThatWereReadBeforeAreNotReadAgain() {
        verify().succeeds();
        log().append("suspended", "party", "lab");
        gateway.logFiles.clear();
        verify().succeeds("lab SUSPENDED the contract");
        assertThat(gateway.logFiles).containsExactly("tile/entries/000.p/5");
        for (int i = 0; i < 300; i++) {
            log().appendForeign();
        }
        verify().succeeds();
        gateway.logFiles.clear();
        log().append("suspended", "party", "anna");
        verify().succeeds("anna SUSPENDED the contract");
        assertThat(gateway.logFiles).containsExactly("tile/entries/001.p/50");
    }

    @Test
    void aLongLogIsReadInBundles() {
        for (int i = 0; i < 1500; i++) {
            log().appendForeign();
        }
        verify().succeeds("the log of 1504 entries");
        assertThat(gateway.logFiles)
                .containsExactly(
                        "tile/entries/000",
                        "tile/entries/001",
                        "tile/entries/002",
                        "tile/entries/003",
                        "tile/entries/004",
                        "tile/entries/005.p/224");
    }

    @Test
    void aPartialBundleThatWasDroppedIsTakenFromTheWholeOne() throws Exception {
        var before = log().checkpoint();
        for (int i = 0; i < 300; i++) {
            log().appendForeign();
        }
        gateway.partialTilesDropped = true;
        var files = new LogFiles(GatewayClient.of(gateway.url(), Optional.empty()));
        assertThat(files.entries(1, 4)).hasSize(3);
        assertThat(TileTree.open(4, before.root(), files).root()).isEqualTo(before.root());
        assertThat(gateway.logFiles)
                .containsExactly("tile/entries/000.p/4", "tile/entries/000", "tile/0/000.p/4", "tile/0/000");
    }

    @Test
    void aBundleThatIsNoneEndsTheCommandWithItsName() {
        gateway.tileChange = bytes -> java.util.Arrays.copyOf(bytes, bytes.length - 1);
        verify().failsWith(3, "tile/entries/000.p/4 cannot be read");
        gateway.tileChange = bytes -> java.util.Arrays.copyOf(bytes, bytes.length + 1);
        verify().failsWith(3, "tile/entries/000.p/4 cannot be read");
    }

    @Test
    void aBundleWithOtherEntriesIsFound() {
        gateway.tileChange = bytes -> {
            bytes[bytes.length - 3] ^= 1;
            return bytes;
        };
        alarm("ROOT_MISMATCH");
    }

    @Test
    void aWithheldOpeningIsFound() {
        log().entries.remove(1);
        alarm("OPENING_WITHHELD: entry 2 is event 1");
    }

    @Test
    void aWithheldLastOpeningIsFound() {
        log().entries.remove(2);
        alarm("OPENING_WITHHELD: entry 3 is event 2");
    }

    @Test
    void aForkIsFound() {
        var other = new JsonObject();
        other.addProperty("event", "accepted");
        log().append(other, 2, parse(log().leaves.get(3)).get("prev").getAsString());
        alarm("FORK: entries 3 and 4 are both event 2");
    }

    @Test
    void aDroppedLeafIsFound() {
        log().leaves.remove(2);
        log().entries.remove(1);
        log().entries.get(1).index = 2;
        forget();
        alarm("LEAF_DROPPED: event 1 of the contract");
    }

    @Test
    void aLeafThatIsCountedButNotShownIsFound() {
        var whole = log().checkpoint();
        gateway.checkpoint = Optional.of(whole);
        log().leaves.remove(3);
        log().entries.remove(2);
        alarm("LOG_SHRANK");
    }

    @Test
    void anAlteredEventIsFound() {
        log().entries.get(1).event.addProperty("party", "lab");
        alarm("EVENT_ALTERED: what the gateway shows as event 1 (accepted)");
    }

    @Test
    void anEventThatTheLogDoesNotHoldIsFound() {
        log().append("ended", "party", "lab");
        log().leaves.set(4, log().leaves.get(1));
        alarm("EVENT_NOT_LOGGED: the gateway shows ended as entry 4");
    }

    @Test
    void aBrokenChainIsFound() {
        var event = new JsonObject();
        event.addProperty("event", "ended");
        log().append(event, 3, Base64Url.encode(FakeLog.random()));
        alarm("CHAIN_BROKEN: entry 4 does not continue entry 3");
    }

    @Test
    void aWrongSignatureIsFound() {
        log().signer = PartySigner.generate();
        alarm("SIGNATURE_INVALID");
    }

    @Test
    void aShrunkTreeIsFound() {
        log().appendForeign();
        verify().succeeds();
        log().leaves.remove(4);
        alarm("LOG_SHRANK: the log had 5 entries and now has 4");
    }

    @Test
    void aRewrittenTreeIsFoundWithThePlaceWhereItDiffers() {
        verify().succeeds();
        log().leaves.remove(1);
        log().appendForeign();
        java.util.Collections.rotate(log().leaves.subList(1, 4), 1);
        log().append("suspended", "party", "anna");
        alarm("LOG_REWRITTEN: entry 1 is not the one that was seen before");
    }

    @Test
    void anAlarmIsNotForgottenAtTheNextLook() {
        log().append("suspended", "party", "anna");
        verify().succeeds();
        log().leaves.remove(4);
        log().entries.remove(3);
        alarm("LOG_SHRANK");
        alarm("LOG_SHRANK");
    }

    @Test
    void aRootThatTheLeavesDoNotMakeIsFound() {
        byte[] root = FakeLog.random();
        gateway.checkpoint = Optional.of(Checkpoint.of(FakeLog.ORIGIN, 4, root).sign(FakeLog.ORIGIN, log().signer));
        alarm("ROOT_MISMATCH");
    }

    @Test
    void aLogKeyOfAnotherHistoryIsFound() {
        gateway.claimedLogKey = Optional.of(FakeLog.random());
        alarm("NO_EVENTS", "EVENT_NOT_LOGGED");
        gateway.claimedLogKey = Optional.empty();
        verify().succeeds();
        gateway.claimedLogKey = Optional.of(FakeLog.random());
        alarm("CONTRACT_KEY_CHANGED");
    }

    @Test
    void anEntryThatIsNoLeafIsFound() {
        log().leaves.add("{\"v\":2}");
        alarm("LEAF_MALFORMED: entry 4");
    }

    @Test
    void aScriptGetsFindingsAndEventsAsJson() {
        log().entries.remove(0);
        var outcome = desk.husk("log", "verify", "heart-risk", "--as", "anna", "--json");
        assertThat(outcome.exit()).isEqualTo(1);
        var json = parse(outcome.out());
        assertThat(json.get("verified").getAsBoolean()).isFalse();
        assertThat(json.getAsJsonArray("findings")
                        .get(0)
                        .getAsJsonObject()
                        .get("code")
                        .getAsString())
                .isEqualTo("OPENING_WITHHELD");
        assertThat(json.getAsJsonArray("events").size()).isEqualTo(2);
    }

    @Test
    void showListsEventsAndSaysThatNothingWasChecked() {
        desk.husk("log", "show", "heart-risk", "--as", "anna").succeeds("anna proposed", "husk log verify");
        var json = JsonParser.parseString(desk.husk("log", "show", "heart-risk", "--as", "anna", "--json")
                .succeeds()
                .out());
        assertThat(json.getAsJsonArray().size()).isEqualTo(3);
    }

    @Test
    void anotherPartysEscapeSequencesDoNotReachTheTerminal() {
        log().append("lease-ended", "sandbox", "s", "reason", "\u001b[2Jgone");
        assertThat(verify().succeeds(".[2Jgone").out()).doesNotContain("\u001b");
    }

    @Test
    void whatCannotBeAskedIsSaidInOneLine() {
        desk.husk("log", "verify", "other", "--as", "anna").failsWith(2, "no contract of this name");
        desk.husk("log", "verify", "../x", "--as", "anna").failsWith(2, "cannot be a contract's name");
        desk.husk("log", "verify", "heart-risk", "--as", "berta").failsWith(2, "no token for berta");
        desk.set("HUSK_GATEWAY", "http://127.0.0.1:1");
        verify().failsWith(3, "does not answer");
    }

    @Test
    void aLogOfAGatewayThatWasNeverVerifiedIsNotBelieved() throws Exception {
        desk.husk("gateway", "pin", "--simulated-root", FakeGateway.Simulator.ROOT.toString())
                .succeeds();
        verify().failsWith(1, "husk gateway verify");
        java.nio.file.Files.delete(folder.resolve("gateway.pin.json"));
        verify().failsWith(1, "no gateway is pinned");
    }

    /** As on a machine that never saw this log. */
    private void forget() {
        try (var files = java.nio.file.Files.walk(folder.resolve("log"))) {
            files.filter(java.nio.file.Files::isRegularFile)
                    .forEach(file -> file.toFile().delete());
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject parse(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
