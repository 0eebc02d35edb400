package dev.husk.benchmark;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A contract from its canonical bytes and back, beside Gson reading and writing the same text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Contracts {
    private byte[] canonical = new byte[0];
    private JsonElement tree = JsonNull.INSTANCE;

    @Setup
    public void prepare() throws IOException, MalformedJsonException {
        try (var in = Contracts.class.getResourceAsStream("contract.json")) {
            if (in == null) {
                throw new IOException("contract.json is not in the jar");
            }
            tree = Json.parse(in.readAllBytes(), 1 << 20);
            canonical = CanonicalJson.encode(tree);
        }
    }

    /** Strict JSON, then the contract with all its checks. */
    @Benchmark
    public Contract parse() throws MalformedJsonException, InvalidContractException {
        return Contract.parse(Json.parse(canonical, 1 << 20));
    }

    @Benchmark
    public JsonElement bareParse() {
        return JsonParser.parseString(new String(canonical, StandardCharsets.UTF_8));
    }

    @Benchmark
    public byte[] canonical() {
        return CanonicalJson.encode(tree);
    }

    @Benchmark
    public byte[] bareWrite() {
        return tree.toString().getBytes(StandardCharsets.UTF_8);
    }
}
