package dev.husk.cli.witness;

import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** A witness whose process stops dead where a test wants it: before the record is written, or after it. */
final class DyingWitness {
    private DyingWitness() {}

    public static void main(String[] arguments) throws Exception {
        var folder = new WitnessFolder(Path.of(arguments[0]));
        var log = VerifierKey.parse(arguments[1]);
        boolean after = arguments[2].equals("after");
        var state = folder.state();
        var logs = Map.of(log.name(), List.of(log));
        var witness = new Witness(
                state.key(),
                folder.signer(state.key()),
                new WitnessRules(state.key(), logs),
                logs.keySet(),
                new CheckpointRecord() {
                    @Override
                    public Checkpoint latest(String origin) {
                        return state.latest(origin);
                    }

                    @Override
                    public void keep(Checkpoint cosigned) throws IOException {
                        if (after) {
                            state.keep(cosigned);
                        }
                        Runtime.getRuntime().halt(137);
                    }
                },
                Clock.systemUTC(),
                System.err::println);
        var server = new WitnessServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), witness, List.of(folder.lock()));
        System.out.println("listening on http://127.0.0.1:" + server.address().getPort() + "/");
    }
}
