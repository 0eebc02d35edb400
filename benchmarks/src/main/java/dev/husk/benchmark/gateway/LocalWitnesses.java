package dev.husk.benchmark.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.witness.UnusableWitnessException;
import dev.husk.cli.witness.WitnessFolder;
import dev.husk.cli.witness.WitnessServer;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Witnesses as {@code husk witness serve} runs them, each with its record on disk, on this machine's loopback and in this
 * JVM. A gateway has to know where they are before they can know its log, so its policy waits for none of them.
 */
final class LocalWitnesses implements AutoCloseable {
    private final Path folder;
    private final List<WitnessFolder> folders = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final List<WitnessKey> keys = new ArrayList<>();
    private final List<WitnessServer> servers = new ArrayList<>();

    private LocalWitnesses(Path folder) {
        this.folder = folder;
    }

    /** Makes them, with addresses, without starting them. */
    static LocalWitnesses create(int number) throws LoadFailedException, IOException {
        var witnesses = new LocalWitnesses(Files.createTempDirectory("husk-witnesses"));
        try {
            for (int i = 0; i < number; i++) {
                var own = new WitnessFolder(witnesses.folder.resolve("w" + i));
                witnesses.folders.add(own);
                witnesses.keys.add(own.create("w" + i + ".load"));
                try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    witnesses.addresses.add(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort()));
                }
            }
            return witnesses;
        } catch (UnusableWitnessException e) {
            throw new LoadFailedException("no witness: " + e.getMessage(), e);
        }
    }

    /** Environment of their gateway: nothing where there are none. */
    Map<String, String> settings() throws IOException {
        if (keys.isEmpty()) {
            return Map.of();
        }
        var policy = new StringBuilder("quorum none\n");
        for (int i = 0; i < keys.size(); i++) {
            policy.append("witness w%d %s http://127.0.0.1:%d%n"
                    .formatted(i, keys.get(i), addresses.get(i).getPort()));
        }
        return Map.of(
                "HUSK_WITNESSES",
                Files.writeString(folder.resolve("policy"), policy).toString());
    }

    /** A contract's member {@code witnesses} that asks for all of them. */
    JsonElement clause() {
        if (keys.isEmpty()) {
            return new JsonPrimitive("none");
        }
        var all = new JsonArray();
        keys.forEach(key -> all.add(key.text()));
        var clause = new JsonObject();
        clause.addProperty("quorum", keys.size());
        clause.add("keys", all);
        return clause;
    }

    void start(VerifierKey log) throws LoadFailedException, IOException {
        try {
            for (int i = 0; i < folders.size(); i++) {
                servers.add(WitnessServer.start(
                        folders.get(i),
                        addresses.get(i),
                        Map.of(log.name(), List.of(log)),
                        Clock.systemUTC(),
                        line -> {}));
            }
        } catch (UnusableWitnessException e) {
            throw new LoadFailedException("no witness: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (var server : servers) {
            server.close();
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
