package dev.husk.benchmark.coldstart;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.benchmark.gateway.ActiveContract;
import dev.husk.benchmark.gateway.LoadFailedException;
import dev.husk.benchmark.gateway.TemporaryGateway;
import dev.husk.local.StartFailedException;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.runtime.attest.Attestation;
import dev.husk.runtime.attest.Gateway;
import dev.husk.runtime.attest.RefusedException;
import dev.husk.runtime.attest.UnprovenReleaseException;
import dev.husk.runtime.timing.ColdStart;
import dev.husk.snp.guest.EvidenceSource;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What attested runtimes need around them: a gateway with an active contract, simulated hardware, an object store. */
final class Confidential implements AutoCloseable {
    static final String CONTRACT = "cold-start";
    static final String MODEL = "risk-model";
    static final String ONNX_MODEL = "onnx-model";

    private static final long POLICY = 0x30000;

    /** A server's compilers, as a production gateway has them. All starts come from one address, which is not limited. */
    private static final Map<String, String> SETTINGS = Map.of(
            "JVM_ARGS", "-Xmx512m",
            "HUSK_LIMIT_HANDSHAKES", "100000000",
            "HUSK_LIMIT_PUBLIC", "100000000",
            "HUSK_LIMIT_SANDBOX", "100000000");

    private final Store store;
    private final EvidenceServer evidence;
    private final TemporaryGateway gateway;
    private final String logKey;
    private final ActiveContract contract;

    private Confidential(
            Store store, EvidenceServer evidence, TemporaryGateway gateway, String logKey, ActiveContract contract) {
        this.store = store;
        this.evidence = evidence;
        this.gateway = gateway;
        this.logKey = logKey;
        this.contract = contract;
    }

    /**
     * @param archives of the contract's functions, by name
     * @param entries of the same
     */
    static Confidential start(Map<String, byte[]> archives, Map<String, String> entries)
            throws IOException, StartFailedException, InterruptedException, LoadFailedException {
        var opened = new java.util.ArrayDeque<AutoCloseable>();
        Confidential started = null;
        try {
            var store = Store.start();
            opened.push(store);
            var evidence = EvidenceServer.start();
            opened.push(evidence);
            var settings = new HashMap<>(SETTINGS);
            settings.put("HUSK_S3_ENDPOINT", store.endpoint().toString());
            var gateway = TemporaryGateway.start(settings);
            opened.push(gateway);
            var deposits = new HashMap<String, ActiveContract.Deposit>();
            for (var model : Map.of(MODEL, SmallModel.pytorch(), ONNX_MODEL, SmallOnnxModel.file())
                    .entrySet()) {
                deposits.put(model.getKey(), sealed(store, model.getKey(), model.getValue()));
            }
            var contract = ActiveContract.on(
                    gateway.parts().url(), gateway.parts().issuer(), contract(archives, entries), deposits);
            started = new Confidential(store, evidence, gateway, gateway.parts().logKey(), contract);
            return started;
        } finally {
            while (started == null && !opened.isEmpty()) {
                quietly(opened.pop());
            }
        }
    }

    private static ActiveContract.Deposit sealed(Store store, String name, byte[] model) throws IOException {
        try (var key = DataKey.generate()) {
            var sealed = new ByteArrayOutputStream();
            try (var out = SealedObject.writer(sealed, key, CONTRACT + "/" + name)) {
                out.write(model);
            }
            byte[] object = sealed.toByteArray();
            store.put("husk/" + name, object);
            return new ActiveContract.Deposit(key.copy(), Digests.sha256(object), object.length);
        }
    }

    private static void quietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) { // what AutoCloseable declares; the failure that brought us here counts
            System.err.println("cold start: " + e);
        }
    }

    private static JsonObject contract(Map<String, byte[]> archives, Map<String, String> entries)
            throws LoadFailedException {
        var json = ActiveContract.example();
        json.addProperty("name", CONTRACT);
        var datasets = new JsonArray();
        for (var model : List.of(MODEL, ONNX_MODEL)) {
            datasets.add(JsonParser.parseString(
                    "{\"name\":\"" + model + "\",\"owner\":\"hospital-a\",\"store\":\"s3://husk/" + model + "\"}"));
        }
        json.add("datasets", datasets);
        json.add("results", new JsonArray());
        var functions = new JsonArray();
        var grants = new JsonArray();
        archives.forEach((name, archive) -> {
            var function = new JsonObject();
            function.addProperty("name", name);
            function.addProperty("owner", "algo-lab");
            function.addProperty("code", Digests.sha256(archive));
            function.addProperty("entry", entries.get(name));
            function.addProperty("platform", "laptop");
            functions.add(function);
            var grant = JsonParser.parseString(
                            "{\"writes\":[],\"callers\":[\"algo-lab\"],\"parameters\":{\"model\":{\"type\":\"string\","
                                    + "\"values\":\"any\"},\"rows\":{\"type\":\"string\",\"values\":\"any\"}},"
                                    + "\"limits\":{}}")
                    .getAsJsonObject();
            grant.addProperty("function", name);
            var reads = new JsonArray();
            reads.add(MODEL);
            if (name.equals(ColdStarts.INFER)) {
                reads.add(ONNX_MODEL);
            }
            grant.add("reads", reads);
            grants.add(grant);
        });
        json.add("functions", functions);
        json.add("grants", grants);
        return json;
    }

    URI url() {
        return gateway.parts().url();
    }

    String logKey() {
        return logKey;
    }

    /** An evidence source for one more sandbox, as runtimes take it. */
    String sandbox() {
        var launched = gateway.parts().processor().launch(new byte[48], new byte[32], POLICY);
        return "simulator:" + evidence.add(launched);
    }

    void forget(String sandbox) {
        evidence.remove(URI.create(sandbox.substring("simulator:".length())));
    }

    /** The parameters of a run of a function that its caller signed just now. */
    JsonObject run(String function, JsonObject parameters) {
        var run = new JsonObject();
        run.addProperty("contract", CONTRACT);
        run.addProperty("function", function);
        run.addProperty("invocation", contract.run(function, parameters).invocation());
        return run;
    }

    /** Attests sandboxes of this process and releases to them, so that the gateway's code is as warm as a server's. */
    void warm(int cycles, String code, String entry, String function) throws LoadFailedException {
        var client = new Gateway(url());
        for (int i = 0; i < cycles; i++) {
            var source = sandbox();
            try {
                var sandbox = new Attestation(
                                client, EvidenceSource.of(source), VerifierKey.parse(logKey), Clock.systemUTC())
                        .bind(code, entry, "", new ColdStart());
                sandbox.release(contract.run(function, new JsonObject()), new ColdStart())
                        .close();
            } catch (RefusedException | IOException | UnprovenReleaseException e) {
                throw new LoadFailedException("a sandbox got no release: " + e.getMessage(), e);
            } finally {
                forget(source);
            }
        }
    }

    @Override
    public void close() {
        for (var part : List.of(gateway, evidence, store)) {
            quietly(part);
        }
    }
}
