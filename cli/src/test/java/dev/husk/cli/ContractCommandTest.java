package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.cli.log.UsedRuns;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk contract accept}: a party sees what it signs, and what changed. */
class ContractCommandTest {
    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
    }

    private Desk.Outcome accept(Contract contract, String... more) throws Exception {
        try (var gateway = new FakeGateway(contract)) {
            desk.set("HUSK_GATEWAY", gateway.url());
            var arguments =
                    new java.util.ArrayList<>(java.util.List.of("contract", "accept", "heart-risk", "--as", "anna"));
            arguments.addAll(java.util.List.of(more));
            return desk.husk(arguments.toArray(String[]::new));
        }
    }

    private Contract changed() throws Exception {
        var json = desk.contract().json();
        json.addProperty("version", 2);
        var grant = json.getAsJsonArray("grants").get(0).getAsJsonObject();
        grant.getAsJsonArray("callers").add("lab");
        grant.getAsJsonObject("parameters").getAsJsonObject("epochs").addProperty("max", 900);
        json.getAsJsonArray("datasets").remove(1);
        return Contract.parse(json);
    }

    @Test
    void theFirstVersionIsShownWholeAndTheNextWithWhatChanged() throws Exception {
        var first =
                accept(desk.contract(), "--yes").succeeds("Contract heart-risk, version 1", "accept signed by anna");
        assertThat(first.out()).doesNotContain("Since version");
        accept(changed(), "--yes")
                .succeeds(
                        "Since version 1, which anna signed here:",
                        "Can be read from then on: anna-2025 -> train -> callers: anna, lab",
                        "Cannot be read any more: anna-2025 -> train -> callers: anna",
                        "~ grants[train].callers: [anna] -> [anna, lab]",
                        "~ grants[train].parameters.epochs.max: 100 -> 900",
                        "- datasets[lab-2025].store: s3://husk/lab-2025",
                        "~ version: 1 -> 2");
        assertThat(accept(changed(), "--yes").succeeds().out()).doesNotContain("Since version");
    }

    @Test
    void aProposalIsWhatIsAcceptedAndWhatIsInForceIsWhatIsSuspended() throws Exception {
        try (var gateway = new FakeGateway(desk.contract())) {
            gateway.proposal = java.util.Optional.of(changed());
            desk.set("HUSK_GATEWAY", gateway.url());
            desk.husk("contract", "show", "heart-risk", "--as", "anna")
                    .succeeds(
                            "Contract heart-risk, version 1",
                            "Version 2 is proposed; it would change:",
                            "~ grants[train].callers: [anna] -> [anna, lab]");
            desk.husk("contract", "accept", "heart-risk", "--as", "anna", "--yes")
                    .succeeds("Contract heart-risk, version 2");
            assertThat(signed(gateway)).isEqualTo(changed().id());
            desk.husk("contract", "suspend", "heart-risk", "--as", "anna").succeeds();
            assertThat(signed(gateway)).isEqualTo(desk.contract().id());
        }
    }

    @Test
    void aPartyWithAnEs256KeySignsWithIt() throws Exception {
        var made =
                desk.husk("party", "create", "clinic", "--algorithm", "ES256").succeeds("es256:");
        desk.husk("party", "show", "clinic").succeeds(made.out().strip());
        desk.husk("party", "create", "other", "--algorithm", "ES384").failsWith(2, "--algorithm is Ed25519 or ES256");
        assertThat(desk.husk("party", "create", "other").succeeds().out()).startsWith("ed25519:");

        var folder = java.nio.file.Files.createDirectories(this.folder.resolve("es256"));
        desk = new Desk(folder, PartySigner.generateEs256());
        accept(desk.contract(), "--yes").succeeds("accept signed by anna");
    }

    @Test
    void whatIsLeftOfTheLimitsIsCountedFromTheEvents() throws Exception {
        try (var gateway = new FakeGateway(desk.contract())) {
            desk.set("HUSK_GATEWAY", gateway.url());
            for (int run = 0; run < 3; run++) {
                gateway.log.append("released", "function", "train", "run", "true", "time", "2026-01-01T00:00:00Z");
            }
            gateway.log.append(
                    "released",
                    "function",
                    "train",
                    "run",
                    "true",
                    "time",
                    Instant.now().toString());
            // What belongs to a run that has begun, what was refused, and what another function did.
            gateway.log.append("released", "function", "train");
            gateway.log.append("refused", "function", "train", "run", "true");
            gateway.log.append("released", "function", "infer", "run", "true");
            desk.husk("contract", "show", "heart-risk", "--as", "anna")
                    .succeeds("Runs of train: 4 of 10 used, 6 left in all, ");
        }
    }

    @Test
    void aDayIsTheUtcDayOfTheEventsTimeAndMoreThanALimitLeavesNothing() throws Exception {
        var events = new ArrayList<JsonObject>();
        for (var time : List.of("2026-11-24T23:59:59.999Z", "2026-11-25T00:00:00Z", "2026-11-25T23:59:59.999Z")) {
            for (int i = 0; i < 4; i++) {
                var event = new JsonObject();
                event.addProperty("event", "released");
                event.addProperty("function", "train");
                event.addProperty("run", true);
                event.addProperty("time", time);
                events.add(event);
            }
        }
        assertThat(UsedRuns.of(desk.contract(), events, Instant.parse("2026-11-25T12:00:00Z")))
                .containsExactly("Runs of train: 12 of 10 used, 0 left in all, 8 of 5 used, 0 left today (UTC)");
        assertThat(UsedRuns.of(desk.contract(), List.of(), Instant.parse("2026-11-25T12:00:00Z")))
                .containsExactly("Runs of train: 0 of 10 used, 10 left in all, 0 of 5 used, 5 left today (UTC)");
    }

    /** The contract that the last statement is about. */
    private static String signed(FakeGateway gateway) throws Exception {
        var statement = gateway.statements.get(gateway.statements.size() - 1);
        return dev.husk.protocol.json.Json.parse(
                        dev.husk.protocol.json.Base64Url.decode(statement.split("\\.")[1]), 1 << 16)
                .getAsJsonObject()
                .get("contract")
                .getAsString();
    }

    @Test
    void whoCanReadWalksAFileOrTheContractThatTheGatewayHolds() throws Exception {
        var file = java.nio.file.Files.write(
                folder.resolve("c.json"), desk.contract().canonical());
        assertThat(desk.husk("contract", "who-can-read", file.toString(), "anna-2025")
                        .succeeds()
                        .out())
                .isEqualToNormalizingNewlines("""
                        anna-2025 -> train -> callers: anna
                        anna-2025 -> train -> risk-model -> parties: lab
                        """);
        desk.husk("contract", "who-can-read", file.toString(), "lab-2025").succeeds("Nobody could ever read lab-2025.");
        desk.husk("contract", "who-can-read", file.toString(), "moon")
                .failsWith(2, "no dataset or result moon; it has: anna-2025, lab-2025, risk-model");
        try (var gateway = new FakeGateway(desk.contract())) {
            desk.set("HUSK_GATEWAY", gateway.url());
            desk.husk("contract", "who-can-read", "heart-risk", "risk-model", "--as", "anna")
                    .succeeds("risk-model -> parties: lab");
        }
    }

    @Test
    void withoutAYesNothingIsSigned() throws Exception {
        accept(desk.contract()).failsWith(1, "not signed", "--yes");
        assertThat(folder.resolve("contracts")).doesNotExist();
    }
}
