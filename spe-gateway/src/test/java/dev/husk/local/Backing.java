package dev.husk.local;

import java.nio.file.Path;
import java.time.Clock;

/** The parts of the local platform that the gateway stands on, for its tests. */
public record Backing(StateFolder state, Postgres postgres, LocalIssuer issuer) implements AutoCloseable {

    public static Backing start(Path folder, Path cache) throws Exception {
        var state = StateFolder.open(folder);
        var postgres = Postgres.start(
                PostgresBinaries.unpackedIn(cache), state, Ports.ANY.chosen().postgres());
        return new Backing(state, postgres, LocalIssuer.open(state.path(), Clock.systemUTC()));
    }

    public int databasePort() {
        return postgres.port();
    }

    public String databasePassword() {
        return postgres.password();
    }

    public Path jwks() {
        return state.path().resolve("jwks.json");
    }

    public static int freePort() throws Exception {
        return Ports.ANY.chosen().gateway();
    }

    @Override
    public void close() throws java.io.IOException {
        postgres.close();
        state.close();
    }
}
