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
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import java.nio.file.Path;
import java.util.ArrayList;
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
        refused.addProperty("time", "2024-11-25T10:00:09Z");
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
        var entries = new ArrayList<byte[]>();
        files.entries(1, 4, entries::add);
        assertThat(entries).hasSize(3);
        assertThat(TileTree.open(4, before.root(), files).root()).isEqualTo(before.root());
        assertThat(gateway.logFiles)
                .containsExactly("tile/entries/000.p/4", "tile/entries/000", "tile/0/000.p/4", "tile/0/000");
    }

    @Test
    void aBundleThatIsCutOffOrTooLongIsFoundWithItsName() {
        gateway.tileChange = bytes -> java.util.Arrays.copyOf(bytes, bytes.length - 1);
        alarm("BUNDLE_MALFORMED: the log cannot be read from entry 0 on", "tile/entries/000.p/4 cannot be read");
        gateway.tileChange = bytes -> java.util.Arrays.copyOf(bytes, bytes.length + 1);
        alarm("BUNDLE_MALFORMED: the log cannot be read from entry 0 on", "behind its last entry");
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
    void aRewrittenTreeIsFound() {
        verify().succeeds();
        log().leaves.remove(1);
        log().appendForeign();
        java.util.Collections.rotate(log().leaves.subList(1, 4), 1);
        log().append("suspended", "party", "anna");
        alarm("LOG_REWRITTEN: the first 4 entries are not those that were seen before");
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

    // What the commands remember.

    @Test
    void aSecondCallReadsWhatIsNewAndStillChecksAllEvents() {
        for (int i = 0; i < 300; i++) {
            log().appendForeign();
        }
        verify().succeeds();
        gateway.logFiles.clear();
        verify().succeeds("verified: all 3 events");
        assertThat(gateway.logFiles).isEmpty();
        log().entries.get(1).event.addProperty("party", "lab");
        alarm("EVENT_ALTERED");
    }

    @Test
    void eachContractsChainIsReadOnceAlsoWhereTheLogWasSeenBefore() throws Exception {
        verify().succeeds();
        java.nio.file.Files.delete(chain());
        gateway.logFiles.clear();
        verify().succeeds();
        assertThat(gateway.logFiles).containsExactly("tile/entries/000.p/4");
        log().leaves.set(1, log().leaves.get(1).replace("\"seq\":0", "\"seq\":0 "));
        java.nio.file.Files.delete(chain());
        alarm("LOG_REWRITTEN", "LEAF_MALFORMED");
    }

    @Test
    void aDamagedMemoryIsSaidWithItsFile() throws Exception {
        verify().succeeds();
        var text = java.nio.file.Files.readString(chain());
        for (var damaged :
                new String[] {"", "{}", "[]", text.substring(0, 200), text.replace("\"size\":4", "\"size\":3")}) {
            java.nio.file.Files.writeString(chain(), damaged);
            var outcome = verify();
            assertThat(outcome.exit()).as(damaged).isEqualTo(2);
            assertThat(outcome.err()).startsWith("husk: ").contains("heart-risk.json");
        }
        java.nio.file.Files.writeString(chain(), text);
        verify().succeeds();
    }

    private Path chain() throws Exception {
        try (var files = java.nio.file.Files.walk(folder.resolve("log"))) {
            return files.filter(file -> file.endsWith("contracts/heart-risk.json"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    // What is listed, and what is checked all the same.

    private Desk.Outcome verify(String... options) {
        var all = new ArrayList<>(java.util.List.of("log", "verify", "heart-risk", "--as", "anna"));
        all.addAll(java.util.List.of(options));
        return desk.husk(all.toArray(String[]::new));
    }

    private void refusal(String code) {
        var event = JsonParser.parseString(
                        "{'event':'refused','time':'2024-11-26T10:00:00Z','what':'bind','function':'train','reasons':[{'code':'"
                                + code + "','detail':'d'}]}")
                .getAsJsonObject();
        log().append(event);
    }

    @Test
    void whatIsListedIsChosenAndAllIsChecked() {
        refusal("CODE_MISMATCH");
        refusal("BOUND_BEFORE");
        log().append("suspended", "party", "lab", "time", "2024-11-26T10:00:01Z");
        assertThat(verify("--refusals")
                        .succeeds("CODE_MISMATCH", "BOUND_BEFORE", "listed: 2 of 6 events")
                        .out())
                .doesNotContain("anna proposed");
        assertThat(verify("--alarms")
                        .succeeds("BOUND_BEFORE", "listed: 1 of 6 events")
                        .out())
                .doesNotContain("CODE_MISMATCH");
        assertThat(verify("--kind", "suspended", "--kind", "proposed")
                        .succeeds("SUSPENDED", "anna proposed")
                        .out())
                .doesNotContain("accepted");
        assertThat(verify("--party", "lab")
                        .succeeds("lab SUSPENDED", "listed: 2 of 6")
                        .out())
                .doesNotContain("anna");
        verify("--function", "train").succeeds("listed: 2 of 6");
        verify("--since", "2024-11-26").succeeds("listed: 3 of 6");
        verify("--until", "2024-11-25T10:00:01Z").succeeds("listed: 1 of 6", "anna proposed");
        assertThat(parse(verify("--alarms", "--json").succeeds().out())
                        .getAsJsonArray("events")
                        .size())
                .isEqualTo(1);
        verify("--since", "yesterday").failsWith(2, "--since yesterday is no time");
        log().entries.get(1).event.addProperty("party", "lab");
        assertThat(verify("--alarms").err()).contains("EVENT_ALTERED");
    }

    // Witnesses, and other readers.

    private final PartySigner witness = PartySigner.generate();

    private Path policy() throws Exception {
        var key = WitnessKey.of("witness.example/w1", witness.key().raw());
        return java.nio.file.Files.writeString(folder.resolve("policy"), "witness first " + key + "\nquorum first\n");
    }

    private Checkpoint cosigned() {
        return log().checkpoint().cosign("witness.example/w1", witness, 1_767_225_600);
    }

    @Test
    void whoCosignedAndWhenIsSaid() throws Exception {
        gateway.checkpoint = Optional.of(cosigned());
        verify("--witnesses", policy().toString()).succeeds("cosigned by first at 2026-01-01T00:00:00Z (");
        var json = parse(verify("--json").succeeds().out());
        assertThat(json.getAsJsonObject("cosigned").get("first").getAsLong()).isEqualTo(1_767_225_600);
    }

    @Test
    void witnessesAreDemandedFromThenOn() throws Exception {
        gateway.checkpoint = Optional.of(cosigned());
        verify("--witnesses", policy().toString()).succeeds();
        gateway.checkpoint = Optional.empty();
        alarm("WITNESSES_MISSING: no witness that the policy names cosigned the checkpoint");
    }

    @Test
    void aCosignatureThatComesALittleLaterIsWaitedFor() throws Exception {
        desk.pause = duration -> gateway.checkpoint = Optional.of(cosigned());
        verify("--witnesses", policy().toString()).succeeds("cosigned by first");
    }

    @Test
    void theCosignatureOfAnotherCheckpointDoesNotCount() throws Exception {
        var lines = cosigned().text().substring(log().checkpoint().text().length());
        log().append("suspended", "party", "lab");
        gateway.checkpoint = Optional.of(Checkpoint.parse(log().checkpoint().text() + lines));
        assertThat(verify("--witnesses", policy().toString()).err())
                .contains("COSIGNATURE_FORGED: the checkpoint has a cosignature in the name of witness first");
    }

    @Test
    void aPolicyThatIsNoneOrOfAnotherLogIsRefused() throws Exception {
        verify("--witnesses", "none").failsWith(2, "no file none");
        var file = java.nio.file.Files.writeString(folder.resolve("p"), "quorum nobody\n");
        verify("--witnesses", file.toString()).failsWith(2, "line 1 of the policy");
        var other =
                VerifierKey.of("other.example/log", PartySigner.generate().key().raw());
        java.nio.file.Files.writeString(file, "log " + other + "\nquorum none\n");
        verify("--witnesses", file.toString()).failsWith(2, "names other logs");
        verify().succeeds();
    }

    private Path seenByAnother(Checkpoint checkpoint) throws Exception {
        return java.nio.file.Files.writeString(folder.resolve("theirs"), checkpoint.text());
    }

    @Test
    void aLogThatAnotherReaderWasShownAsWellIsFound() throws Exception {
        var fork = Checkpoint.of(FakeLog.ORIGIN, 3, FakeLog.random()).sign(FakeLog.ORIGIN, log().signer);
        assertThat(verify("--against", seenByAnother(fork).toString()).err())
                .contains("SPLIT_VIEW: another reader was shown a log whose first 3 entries are others");
        verify().succeeds();
        assertThat(verify("--against", seenByAnother(fork).toString()).err()).contains("SPLIT_VIEW");
        verify("--against", seenByAnother(log().checkpoint()).toString()).succeeds();
    }

    @Test
    void aCheckpointOlderThanAnotherReadersIsFound() throws Exception {
        log().append("suspended", "party", "lab");
        var theirs = seenByAnother(log().checkpoint());
        log().leaves.remove(4);
        log().entries.remove(3);
        assertThat(verify("--against", theirs.toString()).err())
                .contains("CHECKPOINT_STALE: another reader was shown 5 entries, this one is shown 4");
    }

    @Test
    void whatIsNoCheckpointOfThisLogSaysNothingAboutIt() throws Exception {
        var foreign = Checkpoint.of(FakeLog.ORIGIN, 4, FakeLog.random()).sign(FakeLog.ORIGIN, PartySigner.generate());
        verify("--against", seenByAnother(foreign).toString()).failsWith(2, "did not sign");
        verify("--against", policy().toString()).failsWith(2, "is no checkpoint");
        verify("--against", "nothing").failsWith(2, "no file nothing");
    }

    @Test
    void aCheckpointOlderThanTheEventsIsFound() {
        var old = log().checkpoint();
        log().append("suspended", "party", "lab");
        gateway.checkpoint = Optional.of(old);
        log().shownCheckpoint = Optional.of(old);
        alarm("CHECKPOINT_STALE: the gateway shows suspended as entry 4, and a checkpoint of 4 entries alone");
    }

    @Test
    void leavesThatAreCountedAndNotShownAreFound() {
        var whole = log().checkpoint();
        gateway.checkpoint = Optional.of(whole);
        log().shownCheckpoint = Optional.of(whole);
        log().leaves.remove(3);
        log().entries.remove(2);
        alarm("LEAVES_MISSING: the checkpoint counts 4 entries, the gateway shows 0");
    }

    @Test
    void eventsInAnotherOrderAreFound() {
        log().append("suspended", "party", "lab");
        java.util.Collections.swap(log().leaves, 3, 4);
        log().entries.get(2).index = 4;
        log().entries.get(3).index = 3;
        alarm("REORDERED: event 3 of the contract stands as entry 3, before the event that it follows");
    }

    @Test
    void openingsThatStandInEachOthersPlaceAreFound() {
        log().entries.get(1).index = 3;
        log().entries.get(2).index = 2;
        alarm("EVENT_NOT_LOGGED", "OPENING_WITHHELD: entry 2", "OPENING_WITHHELD: entry 3");
    }

    @Test
    void anEventWithAnotherDateIsFound() {
        log().entries.get(1).event.addProperty("time", "2024-11-25T09:59:59Z");
        alarm("EVENT_ALTERED: what the gateway shows as event 1 (accepted)");
    }

    @Test
    void anEventThatWasLoggedWithAWrongDateIsFound() {
        log().append("suspended", "party", "lab", "time", "2024-11-25T09:30:00Z");
        alarm(
                "EVENT_MISDATED: event 3 (suspended) is dated 2024-11-25T09:30:00Z, the one before it 2024-11-25T10:00:03Z");
        log().append("ended", "party", "lab", "time", "2999-01-01T00:00:00Z");
        alarm("EVENT_MISDATED: event 4 (ended) is dated in the future");
    }

    // Watching.

    /** Each wait does the next of these, then the watch is interrupted. */
    private void whileWaiting(Runnable... steps) {
        var left = new java.util.ArrayDeque<>(java.util.List.of(steps));
        desk.pause = duration -> {
            if (left.isEmpty()) {
                throw new InterruptedException();
            }
            left.remove().run();
        };
    }

    private Desk.Outcome watch(String... options) {
        var all = new ArrayList<>(java.util.List.of("log", "watch", "heart-risk", "--as", "anna"));
        all.addAll(java.util.List.of(options));
        return desk.husk(all.toArray(String[]::new));
    }

    @Test
    void aWatchTellsWhatIsNewAndReadsNothingElse() {
        whileWaiting(
                () -> gateway.logFiles.clear(),
                () -> log().append("suspended", "party", "lab"),
                () -> refusal("CODE_MISMATCH"));
        var out = watch().succeeds(
                        "verified: 3 events of heart-risk in a log of 4 entries; watching, Ctrl-C ends it",
                        "lab SUSPENDED the contract",
                        "REFUSED: bind for train\n    - CODE_MISMATCH: d")
                .out();
        assertThat(out).doesNotContain("anna proposed");
        assertThat(gateway.logFiles).containsExactly("tile/entries/000.p/5", "tile/entries/000.p/6");
        verify().succeeds("verified: all 5 events");
    }

    @Test
    void aWatchOutlivesAGatewayThatIsAway() {
        whileWaiting(() -> gateway.away = true, () -> {}, () -> {
            gateway.away = false;
            log().append("suspended", "party", "lab");
        });
        var outcome = watch().succeeds("lab SUSPENDED the contract");
        assertThat(outcome.err().lines())
                .containsExactly("the gateway restarts; trying on, nothing is lost", "the gateway answers again");
    }

    @Test
    void aWatchEndsWithTheFirstAlarmWhereThatIsAsked() {
        whileWaiting(() -> refusal("CODE_MISMATCH"), () -> refusal("BOUND_BEFORE"), () -> refusal("NOT_REACHED"));
        var outcome = watch("--until-alarm", "--json");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out().lines())
                .hasSize(2)
                .allMatch(line -> parse(line).has("event"));
        assertThat(outcome.out()).contains("BOUND_BEFORE").doesNotContain("NOT_REACHED");
    }

    @Test
    void aWatchEndsWithTheFirstLie() {
        whileWaiting(() -> {
            log().append("suspended", "party", "lab");
            log().entries.remove(3);
        });
        var outcome = watch();
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("ALARM", "OPENING_WITHHELD: entry 4 is event 3");
    }

    @Test
    void aWatchDoesNotStartOnALogThatDoesNotHoldTogether() {
        whileWaiting();
        log().entries.remove(0);
        assertThat(watch().exit()).isEqualTo(1);
        gateway.away = true;
        watch().failsWith(3, "the gateway restarts");
        watch("--interval", "0").failsWith(2, "1 to 86400 seconds");
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
