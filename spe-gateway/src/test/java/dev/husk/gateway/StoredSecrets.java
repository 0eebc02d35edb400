package dev.husk.gateway;

import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.SealedColumn;
import dev.husk.gateway.keys.StateKey;
import dev.husk.protocol.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is sealed in a database, for who has the state key as well. */
final class StoredSecrets {
    private StoredSecrets() {}

    /** The gateway's own secrets, and the log keys of all chains. */
    static Map<String, byte[]> of(String database, Path stateKey) throws Exception {
        var secrets = new HashMap<String, byte[]>();
        var key = key(stateKey);
        try (var connection = ServerUnderTest.backing().connect(database);
                var statement = connection.createStatement()) {
            for (var table : List.of("secret", "chain")) {
                try (var rows = statement.executeQuery("select name, sealed from " + table)) {
                    while (rows.next()) {
                        var name = rows.getString(1);
                        secrets.put(
                                table + " " + name,
                                key.open(SealedColumn.of(table, LastWrites.NEVER, name), rows.getBytes(2)));
                    }
                }
            }
        }
        return secrets;
    }

    /** Names of the events of the gateway's own chain, in order. */
    static List<String> events(String database, Path stateKey) throws Exception {
        var names = new ArrayList<String>();
        var key = key(stateKey);
        try (var connection = ServerUnderTest.backing().connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select idx, seq, sealed from leaf where chain = '_gateway' order by idx")) {
            while (rows.next()) {
                byte[] opening = key.open(
                        SealedColumn.of("leaf", rows.getLong(1), "_gateway", Long.toString(rows.getLong(2))),
                        rows.getBytes(3));
                names.add(Json.parse(opening, 1 << 20)
                        .getAsJsonObject()
                        .getAsJsonObject("event")
                        .get("event")
                        .getAsString());
            }
        }
        return names;
    }

    /** How many sandboxes are as a release left them: row and lease open, or this fails. */
    static int leased(String database, Path stateKey) throws Exception {
        int count = 0;
        var key = key(stateKey);
        try (var connection = ServerUnderTest.backing().connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select id, lease_leaf, sealed, sealed_lease from sandbox where lease_leaf is not null")) {
            while (rows.next()) {
                var id = rows.getString(1);
                long event = rows.getLong(2);
                key.open(SealedColumn.of("sandbox", event, id), rows.getBytes(3));
                key.open(new SealedColumn("sandbox", "sealed_lease", List.of(id), event), rows.getBytes(4));
                count++;
            }
        }
        return count;
    }

    private static StateKey key(Path file) throws Exception {
        var key = new StateKey();
        key.install(Files.readAllBytes(file));
        return key;
    }
}
