package dev.husk.gateway.keys;

import com.google.gson.JsonArray;
import dev.husk.protocol.json.CanonicalJson;
import java.util.List;

/**
 * Which value of the database a sealed one is: a value that was moved, swapped or put back has another identity and
 * does not open.
 *
 * @param key the row's primary key, part by part
 * @param version index of the log's event that wrote the value, or {@link LastWrites#NEVER}
 */
public record SealedColumn(String table, String column, List<String> key, long version) {
    public SealedColumn {
        key = List.copyOf(key);
    }

    /** The column {@code sealed} of a row. */
    public static SealedColumn of(String table, long version, String... key) {
        return new SealedColumn(table, "sealed", List.of(key), version);
    }

    /** What is authenticated beside the value; no two columns of two rows have the same. */
    byte[] associatedData(int keyVersion) {
        var array = new JsonArray();
        array.add("husk sealed v1");
        array.add(keyVersion);
        array.add(table);
        array.add(column);
        var parts = new JsonArray();
        key.forEach(parts::add);
        array.add(parts);
        array.add(Long.toString(version));
        return CanonicalJson.encode(array);
    }

    @Override
    public String toString() {
        return table + "/" + String.join("/", key) + " (" + column + ", version " + version + ")";
    }
}
