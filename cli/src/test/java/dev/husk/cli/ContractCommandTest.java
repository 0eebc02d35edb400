package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.contract.Contract;
import java.nio.file.Path;
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
                        "~ grants[train].callers: anna -> anna, lab",
                        "~ grants[train].parameters.epochs.max: 100 -> 900",
                        "- datasets[lab-2025].store: s3://husk/lab-2025",
                        "~ version: 1 -> 2");
        assertThat(accept(changed(), "--yes").succeeds().out()).doesNotContain("Since version");
    }

    @Test
    void withoutAYesNothingIsSigned() throws Exception {
        accept(desk.contract()).failsWith(1, "not signed", "--yes");
        assertThat(folder.resolve("contracts")).doesNotExist();
    }
}
