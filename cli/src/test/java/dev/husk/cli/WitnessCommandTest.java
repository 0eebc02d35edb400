package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessCommandTest {
    @TempDir
    Path folder;

    private Desk desk;
    private String witness = "";

    @BeforeEach
    void open() throws Exception {
        desk = new Desk(folder.resolve("desk"));
        witness = folder.resolve("w1").toString();
    }

    @Test
    void aNewWitnessPrintsItsKeyAndHasCosignedNothing() {
        var made = desk.husk("witness", "init", witness, "--name", "witness.example/w1")
                .succeeds();
        var key = WitnessKey.parse(made.out().strip());
        assertThat(key.name()).isEqualTo("witness.example/w1");
        assertThat(desk.husk("witness", "show", witness).succeeds().out().strip())
                .isEqualTo(key.text());
        desk.husk("witness", "init", witness, "--name", "witness.example/w1").failsWith(2, "already");
    }

    @Test
    void whatCannotBeUsedIsSaidAndMakesNothing() throws Exception {
        var log = VerifierKey.of("log.example", PartySigner.generate().key().raw())
                .text();
        desk.husk("witness", "init", witness).failsWith(2, "--name");
        desk.husk("witness", "init", witness, "--name", "a b").failsWith(2, "name");
        assertThat(folder.resolve("w1")).doesNotExist();
        desk.husk("witness", "show", witness).failsWith(2, "missing");
        desk.husk("witness", "serve", witness, "--log", log).failsWith(2, "no witness");
        desk.husk("witness", "serve", witness).failsWith(2, "--log");
        desk.husk("witness", "init", witness, "--name", "witness.example/w1").succeeds();
        for (var listen : new String[] {"", "7380", ":7380", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x"}) {
            desk.husk("witness", "serve", witness, "--log", log, "--listen", listen)
                    .failsWith(2, "not an address");
        }
        for (var bad : new String[] {"", "log.example", log.substring(1), log + "=", log + "A"}) {
            desk.husk("witness", "serve", witness, "--log", bad).failsWith(2, "not a log's verifier key");
        }
        Files.writeString(folder.resolve("w1/state.json"), "{}");
        desk.husk("witness", "show", witness).failsWith(2, "damaged");
        desk.husk("witness", "serve", witness, "--log", log, "--listen", "127.0.0.1:0")
                .failsWith(2, "damaged");
    }
}
