package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What became of a file: where it lies sealed, and how large. */
record DataReport(PlainFile plain, String target, String sha256, long size) {

    List<String> lines(boolean simulated, Duration time, Optional<byte[]> head) {
        var lines = new ArrayList<String>();
        lines.add("sealed %s (%s) into %s (%s) in %s, %s"
                .formatted(
                        plain.path(),
                        Figures.bytes(plain.size()),
                        target,
                        Figures.bytes(size),
                        Figures.seconds(time),
                        Figures.rate(plain.size(), time)));
        lines.add("digest " + sha256);
        head.ifPresent(bytes -> lines.add("the store sees " + HexFormat.of().formatHex(bytes) + ".."));
        lines.add("key deposited with the verified gateway"
                + (simulated ? " (SIMULATED: whoever runs it can read the key)" : ""));
        return lines;
    }

    JsonObject json(boolean simulated, Duration time, Optional<byte[]> head) {
        var json = new JsonObject();
        json.addProperty("target", target);
        json.addProperty("plainSize", plain.size());
        json.addProperty("size", size);
        json.addProperty("sha256", sha256);
        json.addProperty("millis", time.toMillis());
        json.addProperty("simulated", simulated);
        head.ifPresent(bytes -> json.addProperty("head", HexFormat.of().formatHex(bytes)));
        return json;
    }
}
